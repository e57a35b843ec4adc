#!/bin/sh
# The rules of data sets on a cluster: a Slurm of one machine is started for
# the test. The shards are those of a local run, byte for byte; a job that
# fails is tried again.
. tests/lib.sh
PATH=$PATH:/usr/sbin:/sbin
for p in munged slurmctld slurmd srun sinfo scontrol; do
	command -v $p >/dev/null || { echo "1..0 # skip no $p here (Debian: slurm-wlm munge)"; exit 0; }
done
perl -MJSON::PP -e 1 2>/dev/null || { echo '1..0 # skip no perl with JSON::PP'; exit 0; }
[ -z "$VALGRIND" ] || { echo '1..0 # skip make and Slurm; the programs run under valgrind elsewhere'; exit 0; }
. tests/people.sh

# Everything of it lies in $s, on ports of its own.
s=$tmp/slurm
host=$(uname -n)
port=$((20000 + $$ % 20000))
mkdir -m 700 "$s" "$s/state" "$s/spool"
head -c 1024 /dev/urandom >"$s/key" && chmod 400 "$s/key"
cat >"$s/slurm.conf" <<-EOF
	ClusterName=test
	SlurmctldHost=$host(127.0.0.1)
	SlurmUser=$(id -un)
	SlurmdUser=$(id -un)
	AuthType=auth/munge
	AuthInfo=socket=$s/munge.socket
	SlurmctldPort=$port
	SlurmdPort=$((port + 1))
	SlurmctldPidFile=$s/slurmctld.pid
	SlurmdPidFile=$s/slurmd.pid
	SlurmctldLogFile=$s/slurmctld.log
	SlurmdLogFile=$s/slurmd.log
	StateSaveLocation=$s/state
	SlurmdSpoolDir=$s/spool
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	JobAcctGatherType=jobacct_gather/none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU
	ReturnToService=2
	SwitchType=switch/none
	MailProg=/bin/true
	NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
	PartitionName=main Nodes=ALL Default=YES State=UP MaxTime=10
EOF
export SLURM_CONF="$s/slurm.conf"

started=
stop() {
	[ -z "$started" ] || scontrol shutdown >/dev/null 2>&1
	for d in slurmd slurmctld munged; do
		pid=$(cat "$s/$d.pid" 2>/dev/null) || continue
		for i in 1 2 3 4 5 6 7 8 9 10; do
			kill "$pid" 2>/dev/null || break
			sleep 0.2
		done
		kill -9 "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

start() {
	munged --force --key-file="$s/key" --socket="$s/munge.socket" --pid-file="$s/munged.pid" \
	    --log-file="$s/munged.log" --seed-file="$s/seed" || return
	slurmctld -i || return
	started=1
	slurmd || return
	for i in $(seq 100); do
		sinfo -h -o %T 2>/dev/null | grep -qx idle && return
		sleep 0.2
	done
	return 1
}
if ! start >"$s/out" 2>&1; then
	echo "1..0 # skip a Slurm of one machine does not start here: $(cat "$s/out" "$s"/slurm*.log | tail -1)"
	exit 0
fi
is 'a job' "$(pipelines/slurm-run uname -n)" "$host"

tree deepfashion "$tmp/df" 6 3 || exit 2
cat >"$tmp/pairs.csv" <<-'EOF'
	from,to
	fasionMENDenimid0000000601_1front.jpg,fasionMENDenimid0000000601_3back.jpg
EOF
rules() {
	make --no-print-directory -s -f pipelines/deepfashion.mk SIZE=64 IMAGES="$tmp/df/images" IUV="$tmp/df/labels" \
	    POSE="$tmp/df/labels" TEST_PAIRS="$tmp/pairs.csv" SHARDS=2 TEST_SHARDS=1 "$@"
}
ok 'here' rules -j2 OUT="$tmp/here"
ok 'on the cluster' rules -j4 OUT="$tmp/there" RUN=pipelines/slurm-run
is 'a job for each shard' "$(grep -c 'sched: _slurm_rpc_allocate_resources\|_slurm_rpc_allocate_resources JobId' "$s/slurmctld.log")" 7
ok 'textures here' rules -j2 OUT="$tmp/here" PIPE='iuv2coord | unwrap' textures
ok 'and there' rules -j2 OUT="$tmp/there" PIPE='iuv2coord | unwrap' textures RUN=pipelines/slurm-run
ok 'the same files, byte for byte' diff -r -x '*.set' "$tmp/here" "$tmp/there"

# A program that fails on each machine's first two attempts, as a flaky node.
mkdir "$tmp/flaky"
cat >"$tmp/flaky/tspair" <<-EOF
	#!/bin/sh
	echo x >>$tmp/attempts
	[ \$(wc -l <$tmp/attempts) -gt 2 ] || { kill -9 \$\$; }
	exec $BIN/tspair "\$@"
EOF
chmod +x "$tmp/flaky/tspair"
rm -f "$tmp"/there/pairs/train-00000-*
ok 'a job that fails is tried again' env PATH="$tmp/flaky:$PATH" make --no-print-directory -s -f pipelines/deepfashion.mk SIZE=64 \
	IMAGES="$tmp/df/images" IUV="$tmp/df/labels" POSE="$tmp/df/labels" TEST_PAIRS="$tmp/pairs.csv" SHARDS=2 TEST_SHARDS=1 \
	OUT="$tmp/there" RUN=pipelines/slurm-run
is 'twice' "$(grep -c 'attempt [12] of 3' "$tmp/.err")" 2
ok 'with the same result' diff -r -x '*.set' "$tmp/here" "$tmp/there"
exits 'but not for ever' 3 'attempt 3 of 3 ended with 3: sh' pipelines/slurm-run sh -c 'exit 3'
is 'no more' "$(grep -c attempt "$tmp/.err")" 3
done_testing
