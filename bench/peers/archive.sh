#!/usr/bin/env bash
# An old archive brought here and searched: sencoforum through its running server and its pages, notmuch and mu, from the same
# invented messages. Ours stores the messages with their threads and then makes an index of their words; the others leave
# them where they are. With "beside", a member posts again and again while ours imports, and the replies are timed. With KEEP=yes
# what an earlier run imported is searched again, and only that.
. "$(dirname "$0")/lib.sh"
need notmuch maildir-utils
tools
build_ours
MESSAGES=${MESSAGES:-50000}
D=$WORK/ours-archive
WEB=${WEB:-2613}
QUERIES=$ROOT/bench/query/queries.tsv

archives() {
  [ "${KEEP:-no}" = yes ] && [ -e "$WORK/archive.mbox" ] && return
  rm -rf "$WORK/archive" "$WORK/archive.mbox"
  "$BIN/gen" -n "$MESSAGES" -out "$WORK/archive.mbox" 2>/dev/null
  "$BIN/gen" -n "$MESSAGES" -format maildir -out "$WORK/archive" 2>/dev/null
}

# figures SECONDS USAGE BYTES INDEX: what all are compared by.
figures() {
  jq -cn --argjson n "$MESSAGES" --argjson s "$1" --argjson u "$2" --argjson bytes "$3" --argjson i "$4" --argjson mbox "$(stat -c %s "$WORK/archive.mbox")" '
    {messages:$n, seconds:($s*100|round/100), per_second:($n/$s|round), cpu_seconds:($u.cpu_seconds*100|round/100),
     cpu_ms_each:($u.cpu_seconds*1000/$n*1000|round/1000), peak_mb:($u.peak_mb|round), peak_anon_mb:($u.peak_anon_mb|round),
     kept_to_mbox:($bytes/$mbox*1000|round/1000), index_to_mbox:($i/$mbox*1000|round/1000)}'
}
size() { du -sb "$1" | cut -f1; }

# search PEER DIALECT ARGUMENTS... times the queries of bench/query.
search() {
  local peer=$1 dialect=$2
  shift 2
  emit "$peer" search "" "$("$BIN/query" -queries "$QUERIES" -dialect "$dialect" -rounds "${ROUNDS:-5}" "$@")"
}

# both USAGE CLIENT adds the processor time of the command to that of the server, and its memory.
both() { jq -cn --argjson s "$1" --argjson c "$2" '{cpu_seconds:($s.cpu_seconds+$c.cpu_seconds), peak_mb:($s.peak_mb+$c.peak_mb), peak_anon_mb:($s.peak_anon_mb+$c.peak_anon_mb)}'; }

# indexed waits until searches know all messages: the index waits for the import.
indexed() { while [ "$("$BIN/sencoforum" --config "$D/config.toml" reindex --status --json | jq .behind)" != 0 ]; do sleep 0.2; done; }

run_ours() { # VARIANT
  if [ "$1" = alone ] && kept; then
    start_server
    search_ours
    stop_server
    return
  fi
  write_ours
  start_server
  ours list create senco-forum@lists.example --title Forum
  ours list set senco-forum send_delay 15m
  ours member add "$SENDER" --list senco-forum --mode none
  sync
  meter_reset
  local start=$EPOCHREALTIME loader= client seconds more={}
  if [ "$1" = beside ]; then
    "$BIN/load" -conns 1 -rate 50 -n "${BESIDE:-500}" -size "$SIZE" -addr 127.0.0.1:"$PORT" -from "$SENDER" -to senco-forum@lists.example >"$WORK/beside.json" &
    loader=$!
  fi
  "$BIN/meter" -out "$WORK/client.json" -- "$BIN/sencoforum" --config "$D/config.toml" import mbox --json "$WORK/archive.mbox" >"$WORK/import.json" ||
    die "import: $(cat "$WORK/import.json")"
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  client=$(cat "$WORK/client.json")
  local use
  use=$(both "$(meter_get)" "$client")
  if [ -n "$loader" ]; then
    wait "$loader" || true
    more=$(jq -c '{accepted:.messages_accepted, accept_p50_ms:.final_reply_ms.p50, accept_p99_ms:.final_reply_ms.p99}' "$WORK/beside.json")
  fi
  emit ours import "$1" "$(jq -cn --argjson f "$(figures "$seconds" "$use" "$(stat -c %s "$D/data/forum.db")" 0)" --argjson m "$more" \
    --argjson w "$(jq .longest_write_ms "$WORK/import.json")" '$f + {longest_write_ms:$w} + $m')"
  indexed
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  emit ours import_indexed "$1" "$(figures "$seconds" "$(both "$(meter_get)" "$client")" "$(stat -c %s "$D/data/forum.db")" "$(size "$D/data/search")")"
  [ "$1" = beside ] || search_ours
  stop_server
}

# search_ours reads the pages of searches as a member who is signed in.
search_ours() {
  rm -rf "$WORK/mail"
  mkdir -p "$WORK/mail"
  start_sink -save "$WORK/mail"
  local cookie
  cookie=$("$BIN/browse" -sign-in -url http://127.0.0.1:"$WEB" -address "$SENDER" -mail "$WORK/mail") || die "sign in"
  meter_reset
  search ours ours -pause 1100ms -cookie "$cookie" -url "http://127.0.0.1:$WEB/search?per=50&q={}"
  emit ours search_memory "" "$(meter_get)"
}

run_notmuch() {
  local d=$WORK/notmuch start seconds
  export NOTMUCH_CONFIG=$d/config
  if [ "${KEEP:-no}" = yes ] && [ -e "$d/mail/.notmuch" ]; then
    search notmuch notmuch -- notmuch search --limit=50 -- '{}'
    return
  fi
  rm -rf "$d"
  mkdir -p "$d/mail"
  cp -r "$WORK/archive" "$d/mail/archive"
  printf '[database]\npath=%s/mail\n[user]\nname=Bench\nprimary_email=bench@members.example\n[new]\ntags=\nignore=\n[search]\nexclude_tags=\n[maildir]\nsynchronize_flags=false\n' "$d" >"$d/config"
  sync
  start=$EPOCHREALTIME
  "$BIN/meter" -out "$WORK/notmuch.json" -- notmuch new --quiet
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  emit notmuch import "" "$(figures "$seconds" "$(cat "$WORK/notmuch.json")" "$(size "$d/mail")" "$(size "$d/mail/.notmuch")")"
  search notmuch notmuch -- notmuch search --limit=50 -- '{}'
}

run_mu() {
  local d=$WORK/mu start seconds
  rm -rf "$d"
  mkdir -p "$d"
  mu init --quiet --muhome="$d" --maildir="$WORK/archive" >/dev/null 2>&1
  sync
  start=$EPOCHREALTIME
  "$BIN/meter" -out "$WORK/mu.json" -- mu index --quiet --muhome="$d"
  seconds=$(jq -n "$EPOCHREALTIME - $start")
  emit mu import "" "$(figures "$seconds" "$(cat "$WORK/mu.json")" "$(($(size "$WORK/archive") + $(size "$d")))" "$(size "$d")")"
  search mu notmuch -- mu find --muhome="$d" --maxnum=50 --sortfield=date --reverse --fields 'd f s' '{}'
}

archives
for _ in $(seq "$REPEAT"); do
  for part in ${ARCHIVE_PARTS:-alone notmuch mu beside}; do
    case $part in
    notmuch | mu) run_"$part" ;;
    alone | beside) run_ours "$part" ;;
    *) die "ARCHIVE_PARTS: $part is none of alone, notmuch, mu, beside" ;;
    esac
  done
done
