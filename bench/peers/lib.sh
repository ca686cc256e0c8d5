# Shared by the scripts beside it: settings, tools, results, processes. Everything listens on 127.0.0.1 and lives
# under $WORK; what a script starts it stops, also when it fails.
set -euo pipefail
export LC_ALL=C
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
WORK=${BENCH_WORK:-${TMPDIR:-/tmp}/sencoforum-bench-$(id -u)}
BIN=$WORK/bin
RUN=${BENCH_RUN:-$(date -u +%Y%m%dT%H%M%SZ)}
RESULTS=$WORK/results-$RUN.jsonl
LIST=senco-forum@lists.example

if [ "${BENCH_QUICK:-no}" = yes ]; then # ends within five minutes
  : "${MEMBERS_BIG:=5000}" "${POSTS:=200}" "${REPEAT:=1}" "${LIMIT_TIME:=1s}" "${LOOPBACK_N:=5000}" "${IDLE_SECONDS:=10}"
  : "${POSTFIX_MODES=batch single}" "${MLMMJ_MODES=grouped}" "${MAILMAN_MODES=}"
fi
MEMBERS=${MEMBERS:-2500}          # of the small list
MEMBERS_BIG=${MEMBERS_BIG:-25000} # of the big list
POSTS=${POSTS:-1000}              # in a test of acceptance
SIZE=${SIZE:-5120}                # bytes of a post
REPEAT=${REPEAT:-3}               # runs of each measure

SINK_PORT=${SINK_PORT:-2525}
SINK_HTTP=${SINK_HTTP:-2526}
METER_HTTP=${METER_HTTP:-2700}

die() { echo "bench: $*" >&2; exit 1; }

# Nobody else may write to $WORK.
mkdir -p -m 755 "$WORK"
[ -O "$WORK" ] && [ ! -L "$WORK" ] || die "$WORK is not a folder of this user; name another in BENCH_WORK"
mkdir -p "$BIN"
case $(stat -f -c %T "$WORK") in tmpfs | ramfs) die "$WORK is in memory, so syncs cost nothing there; name a folder on a disk in BENCH_WORK" ;; esac

# One run at a time: two would share ports and spoil each other's figures. run.sh holds the lock for all.
if [ -z "${BENCH_RUN:-}" ]; then
  exec 9>"$WORK/lock"
  flock -n 9 || die "another run uses $WORK; wait for its end"
fi

# open_to_others lets programs of other users (postfix, list) pass through $WORK.
open_to_others() {
  chmod 755 "$WORK"
  setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$WORK" || die "other users cannot enter $WORK because of a folder above it; name another in BENCH_WORK"
}

root_only() { [ "$(id -u)" = 0 ] || die "$1 has to be started as root; run this as root"; }

POLICY= # the file that keeps packages from starting daemons, while this script has made one
remove_policy() { [ -z "$POLICY" ] || rm -f "$POLICY"; POLICY=; }

# need PACKAGE... installs Debian packages that are missing, starting nothing.
need() {
  local missing=() p
  for p in "$@"; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} = 0 ] && return
  [ -e /etc/debian_version ] && command -v apt-get >/dev/null || die "this needs Debian, to install: ${missing[*]}"
  [ "$(id -u)" = 0 ] || die "missing packages: ${missing[*]}; install them, or run this as root"
  local policy=/usr/sbin/policy-rc.d status=0 # keeps packages from starting their daemons
  if [ ! -e $policy ]; then
    POLICY=$policy
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
  fi
  # Debconf would ask for a database; say no.
  echo 'mailman3 mailman3/dbconfig-install boolean false' | debconf-set-selections
  apt-get update -qq || true
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${missing[@]}" >"$WORK/apt.log" 2>&1 || status=$?
  remove_policy
  [ $status = 0 ] || { tail -5 "$WORK/apt.log" >&2; die "install ${missing[*]}: apt-get failed, see $WORK/apt.log"; }
}

# find_postfix sets PF to the root of a Postfix: the system's own where it has one, whose settings and queue stay
# untouched; else one unpacked under $WORK without installing it, as that would push out another mail server.
find_postfix() {
  PF=
  [ -x /usr/lib/postfix/sbin/master ] && return
  PF=$WORK/postfix-root
  need libsasl2-2 libdb5.3 libicu72 libnsl2 libssl3
  root_only "Postfix"
  if [ ! -x "$PF/usr/lib/postfix/sbin/master" ]; then
    mkdir -p "$WORK/deb"
    apt-cache show postfix >/dev/null 2>&1 || apt-get update -qq
    (cd "$WORK/deb" && apt-get download -qq postfix >/dev/null 2>&1 && dpkg -x postfix_*.deb "$PF") || die "fetch postfix: apt-get download failed"
  fi
  getent group postdrop >/dev/null || groupadd -r postdrop
  getent group postfix >/dev/null || groupadd -r postfix
  getent passwd postfix >/dev/null || useradd -r -g postfix -d /nonexistent -s /usr/sbin/nologin postfix
  export LD_LIBRARY_PATH=$PF/usr/lib/postfix
}

# tools builds the programs and makes the lists of members, anew each time.
tools() {
  need jq curl bc
  (cd "$ROOT" && CGO_ENABLED=0 go build -buildvcs=false -o "$BIN/" ./bench/browse ./bench/calls ./bench/gen ./bench/limits ./bench/load ./bench/members ./bench/meter ./bench/query ./bench/sink ./bench/table) || die "build the programs"
  "$BIN/members" -n "$MEMBERS" >"$WORK/members-small.txt"
  "$BIN/members" -n "$MEMBERS_BIG" >"$WORK/members-big.txt"
}

# emit PEER MEASURE VARIANT JSON prints one result, with the load of the machine.
emit() {
  jq -cn --arg run "$RUN" --arg peer "$1" --arg measure "$2" --arg variant "$3" --argjson values "$4" \
    --arg load "$(cut -d' ' -f1 /proc/loadavg)" --arg at "$(date -u +%FT%TZ)" \
    '{run:$run, peer:$peer, measure:$measure, variant:$variant} + $values + {load1:($load|tonumber), at:$at}' | tee -a "$RESULTS"
}

# Processes that this script started; all are stopped at its end, the last first.
STARTED=()
stop_pid() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$1" 2>/dev/null || true
}
stop_all() {
  local i
  for ((i = ${#STARTED[@]} - 1; i >= 0; i--)); do stop_pid "${STARTED[i]}"; done
  STARTED=()
  remove_policy
}
trap stop_all EXIT
trap 'exit 130' INT TERM

answers() { (exec 3<>/dev/tcp/127.0.0.1/"$1") 2>/dev/null; }
port_free() { ! answers "$1" || die "port $1 is taken by another program"; }
wait_port() {
  for _ in $(seq 300); do
    answers "$1" && return
    sleep 0.1
  done
  echo "bench: nothing answers on port $1" >&2
  return 1
}

# start_metered COMMAND... runs a daemon under the meter and sets METERED to the process to stop.
start_metered() {
  port_free "$METER_HTTP"
  "$BIN/meter" -http 127.0.0.1:"$METER_HTTP" -out "$WORK/meter.json" -- "$@" >>"$WORK/daemon.log" 2>&1 9>&- &
  METERED=$!
  STARTED+=($!)
  wait_port "$METER_HTTP"
}
meter_reset() { curl -fsS -X POST http://127.0.0.1:"$METER_HTTP"/reset; }
meter_get() { curl -fsS http://127.0.0.1:"$METER_HTTP"/usage; }

start_sink() {
  port_free "$SINK_PORT"
  "$BIN/sink" -listen 127.0.0.1:"$SINK_PORT" -http 127.0.0.1:"$SINK_HTTP" "$@" >>"$WORK/sink.log" 2>&1 9>&- &
  STARTED+=($!)
  wait_port "$SINK_PORT"
  wait_port "$SINK_HTTP"
}
sink_reset() { curl -fsS -X POST http://127.0.0.1:"$SINK_HTTP"/reset; }
sink_stats() { curl -fsS http://127.0.0.1:"$SINK_HTTP"/stats; }
# sink_wait N SECONDS waits until N deliveries have come.
sink_wait() {
  curl -fsS "http://127.0.0.1:$SINK_HTTP/wait?deliveries=$1&timeout=$2s" >/dev/null 2>&1 && return
  echo "bench: only $(sink_stats | jq .deliveries) of $1 deliveries came within $2 s" >&2
  return 1
}

post() { "$BIN/load" -conns 1 -n 1 -size "$SIZE" "$@"; }

# accept PEER MEASURE CONNECTIONS LOAD_ARGS... measures how fast posts are taken.
accept() {
  local peer=$1 measure=$2 conns=$3 l
  shift 3
  meter_reset
  l=$("$BIN/load" -conns "$conns" -n "$POSTS" -size "$SIZE" "$@") || { echo "bench: $peer took no mail: $l" >&2; return 1; }
  emit "$peer" "$measure" "$conns" "$(jq -cn --argjson l "$l" --argjson u "$(meter_get)" '
    {messages:$l.messages_accepted, failed:$l.messages_failed, errors:$l.errors, per_second:($l.messages_per_second*10|round/10),
     p50_ms:$l.final_reply_ms.p50, p95_ms:$l.final_reply_ms.p95,
     cpu_ms_each:($u.cpu_seconds*1000/$l.messages_accepted*1000|round/1000), peak_mb:($u.peak_mb|round)}')"
}

# fan_out PEER MODE LIST RECIPIENTS MAXSECONDS POST_COMMAND... sends one post and measures from the moment it is handed
# in until its last delivery; complete says that each recipient got it exactly once. First copy counts from the reply
# to the post. Needs a metered daemon and the sink.
fan_out() {
  local peer=$1 mode=$2 list=$3 n=$4 limit=$5 start complete=true use
  shift 5
  sink_reset
  meter_reset
  start=$EPOCHREALTIME
  "$@" >"$WORK/post.json" 2>>"$WORK/post.log" || { echo "bench: $peer took no post" >&2; return 1; }
  sink_wait "$n" "$limit" || complete=false
  use=$(meter_get)
  emit "$peer" "fanout_$mode" "$list" "$(jq -cn --argjson n "$n" --argjson start "$start" --argjson complete $complete \
    --argjson u "$use" --argjson s "$(sink_stats)" --slurpfile post "$WORK/post.json" '
    ($s.last_delivery - $start) as $t
    | {recipients:$n, complete:($complete and $s.deliveries == $n and $s.unique_recipients == $n), delivered:$s.deliveries,
       unique:$s.unique_recipients, unique_senders:$s.unique_senders, seconds:($t*1000|round/1000), per_second:($s.deliveries/$t|round),
       transactions:$s.transactions, max_rcpts_in_one:$s.max_recipients_in_one_transaction, connections:$s.connections, max_open:$s.max_open_connections,
       cpu_ms_each:($u.cpu_seconds*1000/$n*1000|round/1000), peak_mb:($u.peak_mb*10|round/10), peak_anon_mb:($u.peak_anon_mb*10|round/10)}
    + if $post[0] then {first_copy_ms:(($s.first_delivery - $post[0].last_reply)*10000|round/10)} else {} end')"
}

# Ours, with its data and its settings in $D: build_ours, write_ours, and then "ours COMMAND...".
PORT=${OURS_PORT:-2610}
SENDER=sender@members.example # a member of every list who gets no mail

build_ours() {
  (cd "$ROOT" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$BIN/sencoforum" ./cmd/sencoforum) || die "build the server"
}

ours() { "$BIN/sencoforum" --config "$D/config.toml" "$@" >>"$WORK/ours.log" 2>&1 || { tail -3 "$WORK/ours.log" >&2; die "sencoforum $1 $2"; }; }

# write_ours makes $D anew, without any data. The sink plays the mail service. SMARTHOST is more of that section's settings, and
# METRICS the port for the server's own figures, WEB the port of the pages; all may be empty.
write_ours() {
  rm -rf "$D"
  mkdir -p -m 700 "$D/data"
  write_config
}

# kept reports that KEEP=yes and $D has data of an earlier run. Its settings are written anew, for the ports of this one.
kept() {
  [ "${KEEP:-no}" = yes ] && [ -e "$D/data/forum.db" ] || return 1
  write_config
}

write_config() {
  cat >"$D/config.toml" <<C
data = "$D/data"
hostname = "lists.example"
domain = "lists.example"
operator = "operator@members.example"
${WEB:+web_url = \"https://forum.example\"}
[smtp]
listen = ["127.0.0.1:$PORT"]
trusted_networks = ["127.0.0.0/8"]
[delivery]
through = "smarthost"
[smarthost]
host = "127.0.0.1"
port = $SINK_PORT
tls = "none"
${SMARTHOST:-}
[dkim]
sign = false
[log]
level = "error"
C
  [ -z "${WEB:-}" ] || printf '[web]\nlisten = ["127.0.0.1:%s"]\nproxy_from = ["127.0.0.1/32"]\n' "$WEB" >>"$D/config.toml"
  [ -z "${METRICS:-}" ] || printf '[metrics]\nlisten = "127.0.0.1:%s"\n' "$METRICS" >>"$D/config.toml"
}

start_server() {
  port_free "$PORT"
  start_metered "$BIN/sencoforum" --config "$D/config.toml" serve
  wait_port "$PORT"
}
stop_server() { stop_pid "$METERED"; }
