#!/usr/bin/env bash
# Makes a bare Debian 12 or newer into a running portal:
#
#     OPERATOR_NAME="the full legal name" OPERATOR_BIN=123456789012 deploy/install.sh portal.example.kz
#
# The name and BIN stand in every consent as who keeps the data; only the first run needs them.
# Run it again after every update of the project: what is there stays, passwords, keys and data above all.
# docs/deploy.md says what it does, step by step, and what is left for you.
set -euo pipefail
umask 022

HOST=${1:-}
HERE=$(cd "$(dirname "$0")/.." && pwd)
HOME_DIR=/srv/portal
ETC=/etc/sana-sezim
STATE=/var/lib/sana-sezim
BACKUPS=/var/backups/sana-sezim
RUN=/usr/local/bin/sana-sezim

say() { printf '\n== %s\n' "$*"; }
stop() { printf 'Not installed: %s\n' "$*" >&2; exit 1; }
secret() { python3 -c 'import secrets; print(secrets.token_urlsafe(40))'; }
has_systemd() { [[ -d /run/systemd/system ]]; }
# Of several machines all but the first: docs/several-machines.md
only_web() { [[ -e $ETC/only-web ]]; }

[[ $(id -u) == 0 ]] || stop "run it as root."
[[ $HOST =~ ^[A-Za-z0-9.-]+$ ]] || stop "name the host people will type: deploy/install.sh portal.example.kz"
command -v apt-get >/dev/null || stop "this is made for Debian 12 or newer."
if ! grep -qs '^OPERATOR_BIN=.' "$ETC/portal.env"; then
    [[ ${OPERATOR_BIN:-} =~ ^[0-9]{12}$ ]] || stop "set OPERATOR_BIN, the 12 digits of the NGO's BIN, for this first run."
    [[ -n ${OPERATOR_NAME:-} && ! $OPERATOR_NAME =~ [\'\\$'\n'] ]] ||
        stop "set OPERATOR_NAME, the full legal name, without apostrophes, for this first run."
fi

say "Packages of Debian"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends \
    python3 python3-venv postgresql postgresql-client nginx-light openssl ca-certificates tzdata >/dev/null
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Python 3.11 or newer is needed."

say "The account and the project in $HOME_DIR"
id portal >/dev/null 2>&1 || useradd --system --user-group --home-dir "$STATE" --shell /usr/sbin/nologin portal
# nginx sends the bytes of booklets: it may look into the folder, not into the sealed files.
usermod --append --groups portal www-data
if [[ $HERE != "$HOME_DIR" ]]; then
    # Beside the old tree first, then in its place: a file that the new version lacks must not stay.
    rm -rf "$HOME_DIR/.new" "$HOME_DIR/.old"
    mkdir -p "$HOME_DIR/.new" "$HOME_DIR/.old"
    tar -C "$HERE" --exclude=./.git --exclude=./.venv --exclude=./var --exclude=__pycache__ -cf - . |
        tar -C "$HOME_DIR/.new" --no-same-owner -xf -
    for name in $(ls -A "$HOME_DIR"); do
        [[ $name =~ ^\.(venv|new|old)$ || $name == var ]] || mv "$HOME_DIR/$name" "$HOME_DIR/.old/"
    done
    mv "$HOME_DIR"/.new/* "$HOME_DIR"/.new/.[!.]* "$HOME_DIR/"
    rm -rf "$HOME_DIR/.new" "$HOME_DIR/.old"
fi
install -d -m 0755 "$HOME_DIR/var"
install -d -m 0750 -o portal -g portal "$STATE" "$STATE/media"
install -d -m 0700 -o portal -g portal "$STATE/sealed" "$BACKUPS"
install -d -m 0711 "$ETC"
install -d -m 0700 -o portal -g portal "$ETC/keys"

say "Python's packages, each held against its hash"
cd "$HOME_DIR"
wanted=$({ python3 --version; sha256sum requirements.txt; } | sha256sum)
if [[ ! -x .venv/bin/python || $(cat .venv/made-from 2>/dev/null) != "$wanted" ]]; then
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.txt
    printf '%s\n' "$wanted" >.venv/made-from
fi

say "The database"
database_is_elsewhere() { [[ -e $ETC/owner.env ]] && ! grep -qE '@(127\.0\.0\.1|localhost)[:/]' "$ETC/owner.env"; }
if ! database_is_elsewhere; then
    has_systemd && systemctl start postgresql || service postgresql start >/dev/null
    for _try in $(seq 30); do
        runuser -u postgres -- psql -qAtc 'SELECT 1' >/dev/null 2>&1 && break
        sleep 1
    done
    as_postgres() { runuser -u postgres -- psql -qAt --set=ON_ERROR_STOP=1 "$@"; }
    if [[ $(as_postgres -c "SELECT count(*) FROM pg_database WHERE datname = 'portal'") == 0 ]]; then
        [[ ! -e $ETC/owner.env ]] || stop "$ETC/owner.env is there, but no database: bring it back, or move the file away."
        owner=$(secret) web=$(secret) port=$(as_postgres -c 'SHOW port')
        sed -e "s/'change-me'/'$owner'/" -e "s/'change-me-too'/'$web'/" deploy/postgres.sql | as_postgres -f - >/dev/null
        (umask 077
         echo "DATABASE_OWNER_URL=postgres://portal_owner:$owner@127.0.0.1:$port/portal" >"$ETC/owner.env"
         echo "$web@127.0.0.1:$port" >"$ETC/.web")
    fi
fi

say "Settings in $ETC/portal.env"
if [[ ! -e $ETC/portal.env ]]; then
    [[ -e $ETC/.web ]] || stop "the database is there, but $ETC/portal.env is not: bring it back."
    (umask 077
     cat >"$ETC/portal.env.new" <<ENV
SECRET_KEY=$(secret)
ALLOWED_HOSTS=$HOST
DATABASE_URL=postgres://portal_web:$(cat "$ETC/.web")/portal
KEYS_DIR=$ETC/keys
MEDIA_ROOT=$STATE/media
SEALED_ROOT=$STATE/sealed
ERASED_LIST=$STATE/erased.list
BACKUP_DIR=$BACKUPS
FILES_BY_NGINX=True
WEB_THREADS=16
# Yours to fill in; .env.example explains each:
# EMAIL_URL=smtp+tls://user:password@mail.example.kz:587
# DEFAULT_FROM_EMAIL=portal@$HOST
# ACCESS_DIGEST_TO=director@example.kz
ENV
     mv "$ETC/portal.env.new" "$ETC/portal.env")
    rm "$ETC/.web"
fi
if ! grep -q '^OPERATOR_BIN=.' "$ETC/portal.env"; then
    printf "OPERATOR_NAME='%s'\nOPERATOR_BIN=%s\n" "$OPERATOR_NAME" "$OPERATOR_BIN" >>"$ETC/portal.env"
fi

# Any command of the portal, as its account, with its environment.
cat >"$RUN" <<'RUN'
#!/usr/bin/env bash
set -euo pipefail
[[ $(id -u) == 0 ]] || { echo "Run it as root: it reads /etc/sana-sezim." >&2; exit 1; }
if [[ -n ${RECOVERY_KEY_FILE:-} ]]; then
    RECOVERY_KEY=$(cat "$RECOVERY_KEY_FILE"); export RECOVERY_KEY; unset RECOVERY_KEY_FILE
fi
set -a; . /etc/sana-sezim/portal.env; . /etc/sana-sezim/owner.env; set +a
arguments=("$@")
[[ ${1:-} =~ ^(backup|restore)$ && -n ${2:-} ]] && arguments[1]=$(realpath -m -- "$2")
cd /srv/portal
exec setpriv --reuid=portal --regid=portal --init-groups .venv/bin/python manage.py "${arguments[@]}"
RUN
chmod 0755 "$RUN"

say "Keys"
[[ -n $(ls -A "$ETC/keys") ]] || "$RUN" rotate_keys --make
if ! grep -q '^BACKUP_KEY=' "$ETC/portal.env"; then
    (umask 077; touch /root/recovery-key.txt)
    set -a; . "$ETC/portal.env"; set +a
    # As root: the half for the safe goes where the portal itself cannot read it.
    rm /root/recovery-key.txt
    .venv/bin/python manage.py new_recovery_key --into /root/recovery-key.txt >>"$ETC/portal.env" 2>/dev/null
fi

say "What is made from the tree"
sana_as_root() { (set -a; . "$ETC/portal.env"; set +a; .venv/bin/python manage.py "$@"); }
sana_as_root catalogs
sana_as_root collectstatic --noinput --verbosity 0
chgrp -R portal var/static
"$RUN" check --deploy --fail-level WARNING

say "Tables, roles of the staff, first topics and pages"
"$RUN" set_up
"$RUN" loadstart

say "nginx"
install -d -m 0755 /etc/ssl/portal /var/cache/nginx
if [[ ! -e /etc/ssl/portal/fullchain.pem ]]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=$HOST" -addext "subjectAltName=DNS:$HOST" \
        -keyout /etc/ssl/portal/privkey.pem -out /etc/ssl/portal/fullchain.pem 2>/dev/null
    chmod 0600 /etc/ssl/portal/privkey.pem
    OWN_CERTIFICATE=1
fi
sed "s/portal\.example\.kz/$HOST/" deploy/nginx.conf >/etc/nginx/sites-available/portal
ln -sf /etc/nginx/sites-available/portal /etc/nginx/sites-enabled/portal
rm -f /etc/nginx/sites-enabled/default
nginx -t -q

say "Services"
install -m 0644 deploy/portal-*.service deploy/portal-*.timer /etc/systemd/system/
install -d /etc/systemd/system/portal-.service.d
install -m 0644 deploy/hardening.conf /etc/systemd/system/portal-.service.d/
if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet portal-web nginx
    only_web || systemctl enable --quiet portal-work portal-nightly.timer
    database_is_elsewhere || systemctl enable --quiet postgresql
    # The new code is looked through before the old one lets go: nobody is turned away.
    systemctl start portal-set-up
    systemctl is-active --quiet portal-web && systemctl reload portal-web || systemctl start portal-web
    only_web || systemctl restart portal-work
    only_web || systemctl start portal-nightly.timer
    systemctl reload-or-restart nginx
else
    echo "There is no systemd here, so nothing was started: gunicorn, manage.py work --nights, nginx."
fi

say "The portal is installed: https://$HOST/"
[[ -z ${OWN_CERTIFICATE:-} ]] || echo "- The certificate is our own, for 90 days: put a real one into /etc/ssl/portal, then: systemctl reload nginx"
[[ ! -e /root/recovery-key.txt ]] || echo "- /root/recovery-key.txt opens every backup: onto paper, into two safes, then: shred -u /root/recovery-key.txt"
echo "- The first administrator: sana-sezim createsuperuser"
echo "- Mail: $ETC/portal.env, then: systemctl restart portal-web portal-work"
