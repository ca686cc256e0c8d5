#!/usr/bin/env bash
# Postfix: acceptance (queue file with fsync before the 250) and fan-out of an :include: alias, in batches and with one
# recipient per delivery (as VERP needs it). It has its own settings, queue and port, and is not the system's Postfix.
. "$(dirname "$0")/lib.sh"
root_only "Postfix"
tools
find_postfix
D=$WORK/postfix
PORT=${POSTFIX_PORT:-2601}
port_free "$PORT"
rm -rf "$D"
mkdir -p "$D"/{etc,spool,data,lists}
open_to_others
chmod 755 "$D" "$D/lists"
chown postfix "$D/data"
for q in active bounce corrupt defer deferred flush hold incoming private saved trace; do
  install -d -o postfix -m 700 "$D/spool/$q"
done
install -d -o root -m 755 "$D/spool/pid"
install -d -o postfix -g postdrop -m 730 "$D/spool/maildrop"
install -d -o postfix -g postdrop -m 710 "$D/spool/public"
cp "$WORK/members-small.txt" "$D/lists/small"
cp "$WORK/members-big.txt" "$D/lists/big"

cat >"$D/etc/main.cf" <<C
compatibility_level = 3.6
queue_directory = $D/spool
data_directory = $D/data
command_directory = $PF/usr/sbin
daemon_directory = $PF/usr/lib/postfix/sbin
shlib_directory = $PF/usr/lib/postfix
meta_directory = $D/etc
import_environment = MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH
mail_owner = postfix
setgid_group = postdrop
myhostname = lists.example
mydestination = lists.example
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = $D/spool/mail.log
maillog_file_prefixes = $D
default_database_type = texthash
alias_maps = texthash:$D/etc/aliases
alias_database =
local_recipient_maps =
transport_maps = texthash:$D/etc/transport
disable_dns_lookups = yes
smtp_host_lookup = native
default_privs = nobody
biff = no
default_process_limit = 100
# Room for the big list in memory, so that the queue manager is no bottleneck.
qmgr_message_recipient_limit = 60000
qmgr_message_active_limit = 20000
default_recipient_limit = 60000
smtpd_recipient_limit = 60000
smtpd_client_connection_count_limit = 0
smtp_connection_cache_on_demand = yes
default_destination_concurrency_limit = 50
initial_destination_concurrency = 20
in_flow_delay = 0
C
cat >"$D/etc/aliases" <<C
small :include:$D/lists/small
owner-small nobody
big :include:$D/lists/big
owner-big nobody
C
cat >"$D/etc/master.cf" <<C
127.0.0.1:$PORT inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
single    unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
C
# MODE batch: up to 50 recipients in one SMTP transaction. MODE single: one, and a connection for each. MODE
# single_cached: one, with connections kept open.
configure() {
  local t=smtp cache=
  [ "$1" = batch ] || t=single
  [ "$1" = single_cached ] && cache=static:all
  printf '%s\n' "nowhere.example discard:" "lists.example local:" "* $t:[127.0.0.1]:$SINK_PORT" >"$D/etc/transport"
  "$PF/usr/sbin/postconf" -c "$D/etc" -e "smtp_connection_cache_destinations=$cache" smtp_destination_recipient_limit=50 \
    single_destination_recipient_limit=1 single_destination_concurrency_limit=50
}
start_postfix() {
  : >"$D/spool/mail.log" 2>/dev/null || true
  start_metered env MAIL_CONFIG="$D/etc" "$PF/usr/lib/postfix/sbin/master" -s -c "$D/etc"
  wait_port "$PORT"
}

start_sink
current=batch
configure $current
start_postfix
for _ in $(seq "$REPEAT"); do
  for c in 1 8; do accept postfix accept $c -addr 127.0.0.1:"$PORT" -to someone@nowhere.example; done
  sleep 1
done
for mode in ${POSTFIX_MODES-batch single single_cached}; do
  if [ "$mode" != $current ]; then
    stop_pid "$METERED"
    configure "$mode"
    start_postfix
    current=$mode
  fi
  sink_reset
  post -addr 127.0.0.1:"$PORT" -to small@lists.example >>"$WORK/post.log" 2>&1 # a warm-up that fills the pool of processes
  sink_wait "$MEMBERS" 120 || true
  for _ in $(seq "$REPEAT"); do
    fan_out postfix "$mode" small "$MEMBERS" 120 post -addr 127.0.0.1:"$PORT" -to small@lists.example
  done
  fan_out postfix "$mode" big "$MEMBERS_BIG" 300 post -addr 127.0.0.1:"$PORT" -to big@lists.example
done
