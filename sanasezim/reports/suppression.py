"""Small numbers do not leave the house: a single woman from one village would be recognised.

Every number from 1 to 4 that counts people is hidden, and as many others as it takes that it cannot
be worked out. All tables of a report are one system: numbers, and sums that hold between them (rows
and their total, men and women and children, the same total in another table). A small number is safe
when no combination of the sums determines it, and when what they leave open still holds all of 1 to 4.
Zeros are shown. Which of the hidden numbers are the small ones nobody is told.
"""

from collections import defaultdict

SMALLEST = 5  # the smallest number that may be told
UNITS_ABOUT_PEOPLE = {"calls", "appeals", "persons", "cases"}
TABLES_ABOUT_PEOPLE = {"services", "outcomes_reached", "referrals_out"}
# What is no number of people: copies, downloads, appearances in the press
NOT_ABOUT_PEOPLE = {"handouts", "downloads", "outreach"}
PRIME = 2_147_483_647


class System:
    """Numbers by name, and sums: (whole, parts). What is `hidden` is not told."""

    def __init__(self):
        self.values, self.sums, self.hidden = {}, [], set()
        self.holds = []  # whether the parts really add up; where they may overlap, they do not
        self.sums_of = defaultdict(list)

    def number(self, name, value):
        self.values[name] = value
        return name

    def add(self, whole, parts, *, adds_up=True):
        place = len(self.sums)
        self.sums.append((whole, tuple(parts)))
        self.holds.append(adds_up)
        for name in (whole, *parts):
            self.sums_of[name].append(place)

    def protect(self):
        """Hide what must not be told, and what it could be worked out from."""
        small = [name for name, value in self.values.items() if 0 < value < SMALLEST]
        self.hidden.update(small)
        while unsafe := self._alone() or self._determined(small) or self._narrow(small):
            if not any(list(map(self._hide_beside, unsafe))):
                break  # nothing is left to hide: all that belongs to it is hidden already

    def _hide_beside(self, name):
        """Hide one more number of a sum that this one belongs to: the smallest that is not yet."""
        choices = []
        for place in self.sums_of[name]:
            whole, parts = self.sums[place]
            for last, other in [*((False, part) for part in parts), (True, whole)]:
                if other not in self.hidden and self.values[other]:
                    choices.append((last, self.values[other], other))
        if choices:
            self.hidden.add(min(choices, key=lambda choice: choice[:2])[2])
        return bool(choices)

    def _alone(self):
        """Hidden numbers that are the only ones of a sum: a subtraction tells them."""
        found = []
        for whole, parts in self.sums:
            hidden = [name for name in {whole, *parts} if name in self.hidden]
            shown = [name for name in {whole, *parts} if name not in self.hidden]
            if len(hidden) == 1 and any(self.values[name] for name in shown):
                found.append(hidden[0])
        return found

    def _determined(self, small):
        """Small numbers that some combination of the sums determines."""
        pivots = {}
        for (whole, parts), holds in zip(self.sums, self.holds, strict=True):
            if not holds:
                continue
            row = defaultdict(int)
            for name in parts:
                if name in self.hidden:
                    row[name] += 1
            if whole in self.hidden:
                row[whole] -= 1
            _reduce(row, pivots)
        small = set(small)
        return [pivot for pivot, row in _back(pivots).items() if pivot in small and len(row) == 1]

    def _narrow(self, small):
        """Small numbers of which the sums leave open less than all of 1 to 4."""
        low = {n: 1 if n in self.hidden else v for n, v in self.values.items()}
        high = {n: float("inf") if n in self.hidden else v for n, v in self.values.items()}
        changed = True
        while changed:
            changed = False
            for (whole, parts), holds in zip(self.sums, self.holds, strict=True):
                if not holds:
                    continue
                least, most = sum(low[n] for n in parts), sum(high[n] for n in parts)
                changed |= _narrowed(low, high, whole, least, most)
                for name in parts:
                    if name in self.hidden:
                        others = (
                            most - high[name]
                            if high[name] != float("inf")
                            else (sum(high[n] for n in parts if n != name))
                        )
                        changed |= _narrowed(
                            low, high, name, low[whole] - others, high[whole] - least + low[name]
                        )
        return [name for name in small if low[name] > 1 or high[name] < SMALLEST - 1]


def _narrowed(low, high, name, least, most):
    changed = False
    if least > low[name]:
        low[name], changed = least, True
    if most < high[name]:
        high[name], changed = most, True
    return changed


def _reduce(row, pivots):
    """Gaussian elimination, in whole numbers modulo a prime."""
    while row:
        pivot = next(iter(row))
        if pivot not in pivots:
            inverse = pow(row[pivot], -1, PRIME)
            pivots[pivot] = {name: value * inverse % PRIME for name, value in row.items()}
            return
        _subtract(row, pivots[pivot], row[pivot])


def _back(pivots):
    """The same rows, each pivot in its own row alone."""
    for pivot in reversed(list(pivots)):
        for other, row in pivots.items():
            if other != pivot and row.get(pivot):
                _subtract(row, pivots[pivot], row[pivot])
    return pivots


def _subtract(row, other, times):
    for name, value in other.items():
        left = (row.get(name, 0) - times * value) % PRIME
        if left:
            row[name] = left
        else:
            row.pop(name, None)


def suppress(report):
    """Hide in the report what must not leave. Changes its tables; hidden numbers become None."""
    system = System()
    tables = [table for table in report.tables if table.id not in NOT_ABOUT_PEOPLE]
    for table in tables:
        _add_table(system, table)
    system.protect()
    for table in tables:
        _hide(table, system.hidden)
    report.is_suppressed = True
    return report


def _whole(table):
    """Tables that count the same things have the same total."""
    shared = table.unit in UNITS_ABOUT_PEOPLE and table.id != "money_claimed"
    return table.unit if shared else table.id


def _add_table(system, table):
    total = _whole(table)
    names = [system.number((table.id, row.key), row.count) for row in table.rows]
    if table.total is not None:
        system.number((total, "total"), table.total)
        system.add((total, "total"), names, adds_up=not table.several_answers)
    if table.has_who:
        columns = {who for row in table.rows for who in row.who} | set(table.total_who)
        for who in columns:
            system.number((total, "who", who), table.total_who.get(who, 0))
            parts = [
                system.number((table.id, row.key, who), row.who.get(who, 0)) for row in table.rows
            ]
            system.add((total, "who", who), parts, adds_up=not table.several_answers)
        for row in table.rows:
            system.add((table.id, row.key), [(table.id, row.key, who) for who in columns])
        system.add((total, "total"), [(total, "who", who) for who in columns])
    if table.id == "persons_by_sex_and_minor":
        for row in table.rows:
            who = (total, "who", row.key)
            if who not in system.values:
                system.number(who, row.count)
            system.add(who, [(table.id, row.key)])
    for subtotal in table.subtotals:
        name = system.number((table.id, "sub", subtotal.key), subtotal.count)
        system.add(name, [(table.id, row.key) for row in table.rows if row.key in subtotal.parts])
    if table.year_before is not None:
        before = [
            system.number((table.id, row.key, "before"), row.year_before or 0) for row in table.rows
        ]
        whole = system.number((total, "total", "before"), table.year_before)
        system.add(whole, before, adds_up=not table.several_answers and not table.is_cut_before)
    for row in table.rows:
        for code in _PEOPLE_BESIDE & set(row.more):
            name = system.number((table.id, row.key, code), row.more[code])
            # Who got a service, and how often it was given: one small, both hidden
            if 0 < min(row.count, row.more[code]) < SMALLEST:
                system.hidden |= {name, (table.id, row.key)}


_PEOPLE_BESIDE = {"persons", "so_far"}


def _hide(table, hidden):
    total = _whole(table)
    for row in table.rows:
        _hide_row(table, row, hidden)
    for subtotal in table.subtotals:
        if (table.id, "sub", subtotal.key) in hidden:
            subtotal.count = subtotal.share = None
    if (total, "total") in hidden:
        table.total = None
        for row in table.rows:
            row.share = None
    if (total, "total", "before") in hidden:
        table.year_before = None
    for who in table.total_who:
        if (total, "who", who) in hidden:
            table.total_who[who] = None


def _hide_row(table, row, hidden):
    if (table.id, row.key) in hidden:
        row.count = row.share = None
        row.more = {code: None if code != "target" else value for code, value in row.more.items()}
    for code in list(row.more):
        if (table.id, row.key, code) in hidden:
            row.more[code] = None
            if code == "so_far":
                row.more["percent"] = None
    for who in row.who:
        if (table.id, row.key, who) in hidden:
            row.who[who] = None
    if (table.id, row.key, "before") in hidden:
        row.year_before = None
