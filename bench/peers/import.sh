#!/usr/bin/env bash
# An old archive brought here: sencoforum through its running server, and notmuch, from the same invented messages. Ours
# stores the messages with their threads; notmuch leaves them where they are and makes an index of their words. While
# ours imports, a member posts again and again, and the replies are timed.
. "$(dirname "$0")/lib.sh"
need notmuch
tools
(cd "$ROOT" && CGO_ENABLED=0 go build -buildvcs=false -o "$BIN/" ./bench/gen) || die "build the generator"
(cd "$ROOT" && CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$BIN/sencoforum" ./cmd/sencoforum) || die "build the server"
MESSAGES=${MESSAGES:-50000}
PORT=${OURS_PORT:-2610}
D=$WORK/ours-import
ours() { "$BIN/sencoforum" --config "$D/config.toml" "$@" >>"$WORK/ours.log" 2>&1 || { tail -3 "$WORK/ours.log" >&2; die "sencoforum $1 $2"; }; }

archives() {
  rm -rf "$WORK/archive" "$WORK/archive.mbox"
  "$BIN/gen" -n "$MESSAGES" -out "$WORK/archive.mbox" 2>/dev/null
  "$BIN/gen" -n "$MESSAGES" -format maildir -out "$WORK/archive" 2>/dev/null
}

# figures SECONDS USAGE BYTES: what both are compared by.
figures() {
  jq -cn --argjson n "$MESSAGES" --argjson s "$1" --argjson u "$2" --argjson bytes "$3" --argjson mbox "$(stat -c %s "$WORK/archive.mbox")" '
    {messages:$n, seconds:($s*100|round/100), per_second:($n/$s|round), cpu_seconds:($u.cpu_seconds*100|round/100),
     cpu_ms_each:($u.cpu_seconds*1000/$n*1000|round/1000), peak_mb:($u.peak_mb|round), peak_anon_mb:($u.peak_anon_mb|round),
     kept_to_mbox:($bytes/$mbox*1000|round/1000)}'
}

run_ours() { # VARIANT
  rm -rf "$D"
  mkdir -p -m 700 "$D/data"
  cat >"$D/config.toml" <<C
data = "$D/data"
hostname = "lists.example"
domain = "lists.example"
operator = "operator@members.example"
[smtp]
listen = ["127.0.0.1:$PORT"]
trusted_networks = ["127.0.0.0/8"]
[delivery]
through = "smarthost"
[smarthost]
host = "127.0.0.1"
port = $SINK_PORT
tls = "none"
[dkim]
sign = false
[log]
level = "error"
C
  port_free "$PORT"
  start_metered "$BIN/sencoforum" --config "$D/config.toml" serve
  wait_port "$PORT"
  ours list create senco-forum@lists.example --title Forum
  ours list set senco-forum send_delay 15m
  ours member add sender@members.example --list senco-forum --mode none
  sync
  meter_reset
  local start=$EPOCHREALTIME loader= client seconds
  if [ "$1" = beside ]; then
    "$BIN/load" -conns 1 -rate 50 -n "${BESIDE:-500}" -size "$SIZE" -addr 127.0.0.1:"$PORT" -from sender@members.example -to senco-forum@lists.example >"$WORK/beside.json" &
    loader=$!
  fi
  "$BIN/meter" -out "$WORK/client.json" -- "$BIN/sencoforum" --config "$D/config.toml" import mbox --json "$WORK/archive.mbox" >"$WORK/import.json" ||
    die "import: $(cat "$WORK/import.json")"
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  client=$(cat "$WORK/client.json")
  local use
  use=$(jq -cn --argjson s "$(meter_get)" --argjson c "$client" '{cpu_seconds:($s.cpu_seconds+$c.cpu_seconds), peak_mb:($s.peak_mb+$c.peak_mb), peak_anon_mb:($s.peak_anon_mb+$c.peak_anon_mb)}')
  local more={}
  if [ -n "$loader" ]; then
    wait "$loader" || true
    more=$(jq -c '{accepted:.messages_accepted, accept_p50_ms:.final_reply_ms.p50, accept_p99_ms:.final_reply_ms.p99}' "$WORK/beside.json")
  fi
  emit ours import "$1" "$(jq -cn --argjson f "$(figures "$seconds" "$use" "$(stat -c %s "$D/data/forum.db")")" --argjson m "$more" \
    --argjson w "$(jq .longest_write_ms "$WORK/import.json")" '$f + {longest_write_ms:$w} + $m')"
  stop_pid "$METERED"
}

run_notmuch() {
  local d=$WORK/notmuch start seconds
  rm -rf "$d"
  mkdir -p "$d/mail"
  cp -r "$WORK/archive" "$d/mail/archive"
  export NOTMUCH_CONFIG=$d/config
  printf '[database]\npath=%s/mail\n[user]\nname=Bench\nprimary_email=bench@members.example\n[new]\ntags=\nignore=\n[search]\nexclude_tags=\n[maildir]\nsynchronize_flags=false\n' "$d" >"$d/config"
  sync
  start=$EPOCHREALTIME
  "$BIN/meter" -out "$WORK/notmuch.json" -- notmuch new --quiet
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  emit notmuch import "" "$(figures "$seconds" "$(cat "$WORK/notmuch.json")" "$(du -sb "$d/mail" | cut -f1)")"
}

archives
for _ in $(seq "$REPEAT"); do
  for part in ${IMPORT_PARTS:-alone notmuch beside}; do
    case $part in
    notmuch) run_notmuch ;;
    alone | beside) run_ours "$part" ;;
    *) die "IMPORT_PARTS: $part is none of alone, notmuch, beside" ;;
    esac
  done
done
