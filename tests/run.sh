#!/usr/bin/env bash
# Runs every test of ConneX on this machine: tests/run.sh [--long] [NAME]
#
#   NAME    only the tests whose name holds NAME
#   --long  also the long exams: hundreds of kills, thousands of concurrent rounds, soak
#
# Installs what the tests need and the machine lacks (as root; otherwise it names the command and
# stops with status 2), starts a PostgreSQL of its own, and stops what it started, however it ends.
# The last line is the sum: "N passed, N failed". CARGO_TARGET_DIR is respected.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '== %s\n' "$*"; }
stop_with() { printf '%s\n' "${@:2}" >&2; exit "$1"; }

name=
for argument in "$@"; do
    case $argument in
        --long) export CONNEX_TEST_LONG=1 ;;
        -h | --help) sed -n '2,9s/^# \{0,1\}//p' tests/run.sh; exit 0 ;;
        -*) stop_with 2 "unknown option $argument; usage: tests/run.sh [--long] [NAME]" ;;
        *) [[ -z $name ]] || stop_with 2 "one NAME, please; usage: tests/run.sh [--long] [NAME]"; name=$argument ;;
    esac
done

# ---- what is needed ----------------------------------------------------------------------------

# The folder with PostgreSQL's server programs, which most systems keep out of PATH. Version 15 is the one we promise.
postgres_bin() {
    local folder
    for folder in /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin /usr/pgsql-*/bin "$(dirname "$(command -v initdb || echo /none/none)")"; do
        if [[ -x $folder/initdb && -x $folder/postgres ]]; then echo "$folder"; return; fi
    done
}

missing_packages() {
    [[ -n $(postgres_bin) ]] || echo postgresql-15
    command -v chromium >/dev/null || echo chromium
    command -v chromedriver >/dev/null || echo chromium-driver
    command -v cc >/dev/null || echo build-essential
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists openssl 2>/dev/null || echo libssl-dev
    # The mail server of the tests is a Python program in an environment of its own.
    command -v python3 >/dev/null || echo python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    # The programs that judge the pages run on Node.js, and so does the openid-client check.
    command -v node >/dev/null || echo nodejs
    command -v npm >/dev/null || echo npm
}

install_missing() {
    local packages
    read -ra packages <<<"$(missing_packages | tr '\n' ' ')"
    [[ ${#packages[@]} -gt 0 ]] || return 0
    local command="apt-get install -y --no-install-recommends ${packages[*]}"
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        stop_with 2 "The tests need programs that this machine lacks. Install them, then run this again:" "    sudo $command"
    fi
    say "installing ${packages[*]}"
    # The package would start a server for the whole machine; the tests bring their own.
    local no_cluster=/etc/postgresql-common/createcluster.d/connex-tests.conf
    mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' >"$no_cluster"
    local status=0
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $command -qq >/dev/null; } || status=$?
    rm -f "$no_cluster"
    ((status == 0)) && [[ -z $(missing_packages) ]] || stop_with 2 "apt-get could not install ${packages[*]}"
}

command -v cargo >/dev/null || PATH=$PATH:$HOME/.cargo/bin
command -v cargo >/dev/null || stop_with 2 "The tests need the Rust toolchain (cargo), version 1.94 or later."
install_missing

# ---- what is started, and stopped --------------------------------------------------------------

folder=$(mktemp -d)
# What a test leaves behind when it is stopped half-way goes with the folder.
mkdir "$folder/tmp"
export TMPDIR=$folder/tmp
postgres=
runner=

# Runs one of PostgreSQL's programs. PostgreSQL refuses to run as root, so root lends it to another user.
as_postgres() {
    if ((EUID == 0)); then (cd / && runuser -u "$owner" -- "$@"); else "$@"; fi
}

stop_all() {
    local status=$?
    trap - EXIT
    # The runner leads a process group: cargo, the tests, and what these have started.
    if [[ -n $runner ]]; then kill -TERM -- "-$runner" 2>/dev/null || true; fi
    if [[ -n $postgres ]]; then kill -INT "$postgres" 2>/dev/null || true; fi
    # The server removes this file as the last thing it does.
    for _ in {1..100}; do
        [[ -e $folder/postgres/db/postmaster.pid ]] || break
        sleep 0.05
    done
    rm -rf "$folder"
    exit "$status"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start_postgres() {
    local bin data=$folder/postgres port
    bin=$(postgres_bin)
    mkdir "$data"
    if ((EUID == 0)); then
        owner=postgres
        getent passwd "$owner" >/dev/null || useradd --system --no-create-home "$owner"
        chmod 711 "$folder"
        chown "$owner" "$data"
    fi
    as_postgres "$bin/initdb" --pgdata="$data/db" --username=connex --auth=trust --encoding=UTF8 --locale=C \
        --no-sync --no-instructions >"$folder/initdb.log" 2>&1 ||
        stop_with 1 "PostgreSQL does not start:" "$(cat "$folder/initdb.log")"
    # The server is thrown away, so nothing of it has to survive a power cut.
    cat >>"$data/db/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$data'
max_connections = 200
fsync = off
CONF
    # A port that is free now may be taken a moment later; then the next one is tried.
    for _ in {1..20}; do
        port=$((20000 + RANDOM % 12000))
        if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
        if as_postgres "$bin/pg_ctl" start --wait --pgdata="$data/db" --log="$data/log" --options="-p $port" >/dev/null 2>&1; then
            postgres=$(head -n 1 "$data/db/postmaster.pid")
            export CONNEX_TEST_POSTGRES=postgres://connex@127.0.0.1:$port/postgres
            say "PostgreSQL $("$bin/postgres" --version | grep -o '[0-9][0-9.]*' | head -n 1) on 127.0.0.1:$port"
            return
        fi
    done
    stop_with 1 "PostgreSQL does not start:" "$(cat "$data/log" 2>/dev/null)"
}

# ---- the tests ---------------------------------------------------------------------------------

# Runs a command in a process group of its own, so that all of it can be stopped, and keeps what it says.
run() {
    set -m
    "$@" > >(tee -a "$folder/output") 2>&1 &
    runner=$!
    set +m
    local status=0
    wait "$runner" || status=$?
    runner=
    # `tee` ends when the last writer does.
    wait
    return "$status"
}

start_postgres
status=0
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
run cargo test --workspace --no-fail-fast -- ${name:+"$name"} || status=$?
if [[ -z $name ]]; then
    target=$(cargo metadata --format-version 1 --no-deps --offline | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
    run conformance/openid-client/check.sh "$target/debug/connex" || status=$?
fi

read -r passed failed < <(awk '/^test result: / { passed += $4; failed += $6 } END { print passed + 0, failed + 0 }' "$folder/output")
if ((passed + failed == 0)); then
    [[ $status -ne 0 ]] || { echo "no test has a name that holds \"$name\""; status=1; }
elif ((failed > 0 && status == 0)); then
    status=1
fi
((status == 0)) || say "the tests did not pass (status $status)"
echo "$passed passed, $failed failed"
exit "$status"
