#!/usr/bin/env bash
# An old archive brought here: sencoforum through its running server, and notmuch, from the same invented messages. Ours
# stores the messages with their threads; notmuch leaves them where they are and makes an index of their words. While
# ours imports, a member posts again and again, and the replies are timed.
. "$(dirname "$0")/lib.sh"
need notmuch
tools
(cd "$ROOT" && CGO_ENABLED=0 go build -buildvcs=false -o "$BIN/" ./bench/gen) || die "build the generator"
build_ours
MESSAGES=${MESSAGES:-50000}
D=$WORK/ours-import

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
  write_ours
  start_server
  ours list create senco-forum@lists.example --title Forum
  ours list set senco-forum send_delay 15m
  ours member add "$SENDER" --list senco-forum --mode none
  sync
  meter_reset
  local start=$EPOCHREALTIME loader= client seconds
  if [ "$1" = beside ]; then
    "$BIN/load" -conns 1 -rate 50 -n "${BESIDE:-500}" -size "$SIZE" -addr 127.0.0.1:"$PORT" -from "$SENDER" -to senco-forum@lists.example >"$WORK/beside.json" &
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
  # The index waits for the import; with it, the whole is what notmuch does and more.
  while [ "$("$BIN/sencoforum" --config "$D/config.toml" reindex --status --json | jq .behind)" != 0 ]; do sleep 0.2; done
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  use=$(jq -cn --argjson s "$(meter_get)" --argjson c "$client" '{cpu_seconds:($s.cpu_seconds+$c.cpu_seconds), peak_mb:$s.peak_mb, peak_anon_mb:$s.peak_anon_mb}')
  emit ours import_indexed "$1" "$(jq -cn --argjson f "$(figures "$seconds" "$use" "$(stat -c %s "$D/data/forum.db")")" \
    --argjson i "$(du -sb "$D/data/search" | cut -f1)" --argjson mbox "$(stat -c %s "$WORK/archive.mbox")" '$f + {index_to_mbox:($i/$mbox*1000|round/1000)}')"
  stop_server
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
