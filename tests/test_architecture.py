"""The shape of the whole: what may know what, and what never stands in a template."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

BASE_DIR = settings.BASE_DIR
TEMPLATES_DIR = BASE_DIR / "templates"

# Each may import, point at and include itself and what stands here. The house knows every app.
BELOW = {
    "sanasezim.shared": set(),
    "resources": {"sanasezim.shared"},
    "legalaid": {"sanasezim.shared", "resources"},
    "events": {"sanasezim.shared", "resources"},
    "hotline": {"sanasezim.shared", "resources", "legalaid", "events"},
    "sanasezim": {"sanasezim.shared", "resources", "legalaid", "events", "hotline"},
}
PACKAGES = ["sanasezim", "resources", "legalaid", "events", "hotline"]
TOP_LEVEL_SCRIPTS = ["portal", "manage.py", "gunicorn.conf.py"]
ERROR_PAGES = {f"{status}.html" for status in (400, 403, 404, 413, 429, 500, 503)}


def python_files():
    for package in PACKAGES:
        yield from sorted((BASE_DIR / package).rglob("*.py"))


def template_files():
    folders = [TEMPLATES_DIR, *(BASE_DIR / package / "templates" for package in PACKAGES)]
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def named(path):
    return str(path.relative_to(BASE_DIR))


def layer_of(dotted_name):
    """The layer a module belongs to, or None for what is not ours."""
    for layer in ("sanasezim.shared", *PACKAGES):
        if dotted_name == layer or dotted_name.startswith(f"{layer}."):
            return layer
    return None


def goes_up(layer, other):
    return other is not None and other != layer and other not in BELOW[layer]


# Imports and keys


def modules_imported(source, package):
    """Every module that the source names, relative imports resolved against its package."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join(parent) if node.level else ""
            module = ".".join(filter(None, [start, node.module]))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports_going_up(source, package):
    layer = layer_of(package)
    return [name for name in modules_imported(source, package) if goes_up(layer, layer_of(name))]


def test_imports_go_down():
    wrong = {}
    for path in python_files():
        package = ".".join(path.relative_to(BASE_DIR).parent.parts)
        if found := imports_going_up(path.read_text(), package):
            wrong[named(path)] = found

    assert wrong == {}


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("resources", "from legalaid.models import Case"),
        ("legalaid", "import events.models"),
        ("events", "def later():\n    from hotline import triage"),
        ("sanasezim.shared", "from sanasezim import middleware"),
        ("sanasezim.shared", "from ..middleware import Language"),
        ("hotline", "import sanasezim"),
    ],
)
def test_an_import_going_up_is_found(package, source):
    assert imports_going_up(source, package)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("hotline", "from legalaid import casework"),
        ("resources.management.commands", "from sanasezim.shared.models import Office"),
        ("sanasezim", "from hotline import triage"),
        ("resources", "from . import search\nfrom django.db import models"),
    ],
)
def test_an_import_going_down_is_allowed(package, source):
    assert not imports_going_up(source, package)


def test_foreign_keys_go_down():
    wrong = []
    for model in apps.get_models():
        layer = layer_of(model.__module__)
        if layer is None:
            continue
        wrong += [
            f"{model._meta.label}.{field.name}"
            for field in (*model._meta.fields, *model._meta.many_to_many)
            if field.related_model and goes_up(layer, layer_of(field.related_model.__module__))
        ]

    assert wrong == []


def test_migrations_depend_on_what_is_below_only():
    layer_of_label = {config.label: layer_of(config.name) for config in apps.get_app_configs()}
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    wrong = [
        f"{label}.{name} on {other}"
        for (label, name), migration in migrations.items()
        for other, _ in migration.dependencies
        if layer_of_label.get(label) and goes_up(layer_of_label[label], layer_of_label.get(other))
    ]

    assert wrong == []


# Templates


def tag_arguments(source, *tags):
    """The quoted words of these tags: {% include "a.html" %} gives a.html."""
    for arguments in re.findall(rf"{{%-?\s*(?:{'|'.join(tags)})\s([^%]*)%}}", source):
        yield from re.findall(r"""["']([^"']+\.\w+)["']""", arguments)


def template_name(path):
    parts = path.relative_to(BASE_DIR).parts
    return "/".join(parts[parts.index("templates") + 1 :])


def layer_of_template(name):
    folder = name.split("/")[0]
    return {"shared": "sanasezim.shared"}.get(folder, folder if folder in PACKAGES else None)


def libraries_loaded(source):
    for line in re.findall(r"{%\s*load\s([^%]*)%}", source):
        words = line.split()
        yield from words[words.index("from") + 1 :] if "from" in words else words


def layer_of_library(name):
    found = [path for path in python_files() if path.parts[-2:] == ("templatetags", f"{name}.py")]
    return layer_of(".".join(found[0].relative_to(BASE_DIR).parts[:-2])) if found else None


def test_templates_use_what_is_below_only():
    wrong = []
    for path in template_files():
        layer = layer_of_template(template_name(path))
        if layer is None:
            continue
        source = path.read_text()
        used = [
            (name, layer_of_template(name)) for name in tag_arguments(source, "extends", "include")
        ]
        used += [(name, layer_of_library(name)) for name in libraries_loaded(source)]
        wrong += [f"{named(path)}: {name}" for name, other in used if goes_up(layer, other)]

    assert wrong == []


def test_no_template_switches_escaping_off():
    switch = re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off")
    wrong = [named(path) for path in template_files() if switch.search(path.read_text())]

    assert wrong == []


# The file that is forwarded in a messenger carries its style inside: no server stands behind it.
SELF_CONTAINED = {"resources/publication_share.html"}


def inline_code(source, self_contained=False):
    """What a policy of default-src 'none' would block."""
    html = re.sub(r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", "", source, flags=re.DOTALL)
    html = re.sub(r"{%.*?%}|{{.*?}}", "x", html, flags=re.DOTALL)
    patterns = [r"<script(?![^>]*\ssrc=)", r"<script[^>]*>[^<]", r"\son[a-z]+\s*=", r"\sstyle\s*="]
    if not self_contained:
        patterns.append(r"<style")
    return [match[0] for pattern in patterns for match in re.finditer(pattern, html, re.IGNORECASE)]


def test_no_template_has_inline_script_or_style():
    wrong = {}
    for path in template_files():
        if path.suffix not in (".html", ".svg"):
            continue
        if found := inline_code(path.read_text(), template_name(path) in SELF_CONTAINED):
            wrong[named(path)] = found

    assert wrong == {}


@pytest.mark.parametrize(
    "source",
    [
        "<script>go()</script>",
        '<script src="a.js">go()</script>',
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        '<button\nonclick="go()">',
        "<body onload=go()>",
    ],
)
def test_inline_script_and_style_are_found(source):
    assert inline_code(source)


def test_a_script_from_a_file_is_not_inline():
    assert not inline_code('<script src="{% static "js/portal.js" %}" defer></script>')


def string_patterns(source):
    """The string literals of Python source; what an f-string fills in may be anything."""
    inside_f_strings = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            inside_f_strings.update(id(value) for value in node.values)
            yield "".join(
                re.escape(value.value) if isinstance(value, ast.Constant) else ".+"
                for value in node.values
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in inside_f_strings
        ):
            yield re.escape(node.value)


def templates_of_crispy():
    """What crispy asks of a template pack: "%s/field.html" and the like."""
    for path in Path(find_spec("crispy_forms").origin).parent.rglob("*.py"):
        for pattern in re.findall(r"""["'](?:%s|\{\w*\})/([\w/.]+\.html)["']""", path.read_text()):
            yield f"{settings.CRISPY_TEMPLATE_PACK}/{pattern}"


def overrides_another_apps_template(name):
    folders = [Path(config.path) / "templates" for config in apps.get_app_configs()]
    folders.append(Path(find_spec("django").origin).parent / "forms" / "templates")
    return any((folder / name).exists() for folder in folders)


def test_every_template_is_used():
    used = ERROR_PAGES | set(templates_of_crispy())
    for path in template_files():
        used.update(tag_arguments(path.read_text(), "extends", "include", "crispy", r"\w+"))
    code = "|".join(
        pattern
        for path in python_files()
        for pattern in string_patterns(path.read_text())
        if pattern.endswith((r"\.html", r"\.txt", r"\.xml", r"\.svg", r"\.js"))
    )
    unused = [
        named(path)
        for path in template_files()
        if (name := template_name(path)) not in used
        and not re.fullmatch(code, name)
        and not overrides_another_apps_template(name)
    ]

    assert unused == []


# Names and settings


def test_no_file_is_a_drawer_for_everything():
    wrong = [
        named(path) for path in python_files() if path.stem in ("utils", "helpers", "services")
    ]
    wrong += [
        named(path)
        for package in PACKAGES
        for path in (BASE_DIR / package).rglob("*")
        if path.is_dir() and path.name in ("utils", "helpers", "services")
    ]

    assert wrong == []


def variables_read(source):
    """Names read from the environment: env.str("X"), required("X"), os.environ["X"] and .get."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            name = node.slice
        elif isinstance(node, ast.Call) and node.args:
            name = node.args[0]
            called = ast.unparse(node.func)
            if not called.startswith("env.") and called not in (
                "env",
                "required",
                "os.environ.get",
                "os.getenv",
            ):
                continue
        else:
            continue
        if isinstance(name, ast.Constant):
            yield name.value


def test_every_variable_read_is_in_the_example():
    example = (BASE_DIR / ".env.example").read_text()
    explained = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    files = [*python_files(), *(BASE_DIR / name for name in TOP_LEVEL_SCRIPTS)]
    read = {
        name.removesuffix("_FILE") for path in files for name in variables_read(path.read_text())
    }

    assert {name.removesuffix("_FILE") for name in explained} == read


def test_a_variable_read_is_found():
    source = "A = env.str('ONE')\nB = required('TWO', 'x')\nC = os.environ['THREE']"

    assert set(variables_read(source)) == {"ONE", "TWO", "THREE"}
