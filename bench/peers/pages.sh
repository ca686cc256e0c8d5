#!/usr/bin/env bash
# The pages of a large archive: how soon the server is there after a start, and how long pages take at twenty a second.
. "$(dirname "$0")/lib.sh"
tools
build_ours
MESSAGES=${MESSAGES:-250000}
D=$WORK/ours-pages
WEB=${WEB:-2613}
SECOND=second@members.example # one person alone would run into the limit of searches

# fill makes the archive, or keeps the one of an earlier run when KEEP=yes.
fill() {
  kept && return
  write_ours
  start_server
  ours list create senco-forum@lists.example --title Forum
  ours member add "$SENDER" --list senco-forum --mode none
  ours member add "$SECOND" --list senco-forum --mode none
  "$BIN/gen" -n "$MESSAGES" -out "$WORK/pages.mbox" 2>/dev/null
  ours import mbox "$WORK/pages.mbox"
  while [ "$("$BIN/sencoforum" --config "$D/config.toml" reindex --status --json | jq .behind)" != 0 ]; do sleep 1; done
  rm "$WORK/pages.mbox"
  stop_server
}

# starts times how long after a start mail is taken, and the home page is there.
starts() {
  local begin open page
  begin=$EPOCHREALTIME
  start_metered "$BIN/sencoforum" --config "$D/config.toml" serve
  until answers "$PORT"; do sleep 0.01; done
  open=$(jq -n "($EPOCHREALTIME - $begin)*1000|round")
  curl -fsS -o /dev/null http://127.0.0.1:"$WEB"/
  page=$(jq -n "($EPOCHREALTIME - $begin)*1000|round")
  emit ours start "" "$(jq -cn --argjson o "$open" --argjson p "$page" --argjson n "$MESSAGES" --argjson b "$(stat -c %s "$D/data/forum.db")" '{messages:$n, store_mb:($b/1e6|round), port_open_ms:$o, home_page_ms:$p}')"
}

fill
rm -rf "$WORK/mail"
mkdir -p "$WORK/mail"
start_sink -save "$WORK/mail"
for _ in $(seq "$REPEAT"); do
  starts
  emit ours pages "" "$("$BIN/browse" -url http://127.0.0.1:"$WEB" -address "$SENDER,$SECOND" -mail "$WORK/mail" -rate "${RATE:-20}" -for "${FOR:-30s}")"
  emit ours pages_memory "" "$(meter_get)"
  stop_server
done
