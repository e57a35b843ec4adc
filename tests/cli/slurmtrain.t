#!/bin/sh
# pipelines/slurm-train.sh with another srun and scontrol: what goes back into the queue, and what does not.
. tests/lib.sh
cd "$tmp" || exit 2
mkdir fake run
cat >fake/srun <<'END'
#!/bin/sh
echo "$*" >said
[ -z "$saves" ] || : >"run/step-$saves.tar"
exit "$code"
END
cat >fake/scontrol <<'END'
#!/bin/sh
echo "$*" >>queue
END
chmod +x fake/srun fake/scontrol
export SLURM_JOB_ID=7 SLURM_CPUS_PER_TASK=3
# job WHAT CODE CHECKPOINT QUEUE OPTION...
job() {
	what=$1 want_code=$2 save=$3 queued=$4; shift 4
	rm -f queue
	code=$want_code saves=$save PATH=$tmp/fake:$PATH sh "$top/pipelines/slurm-train.sh" "$@" >out 2>&1
	is "$what: the exit is that of the training" $? "$want_code"
	is "$what: the queue" "$(cat queue 2>/dev/null)" "$queued"
}
job 'a training that fails at once' 2 '' '' -w a -d run b
job 'to its end' 0 00000100 '' -w a -d run b
is 'goes on, with a thread for each core' "$(cat said)" '--mpi=pmix --kill-on-bad-exit=1 --cpus-per-task=3 textrain -r -j 3 -w a -d run b'
job 'its time is over' 1 00000200 'requeue 7' -w a -d run b
job 'no step in that time' 1 00000200 '' -w a -d run b
job 'a process was killed' 137 00000300 'requeue 7' -drun b
job 'a machine is lost' 2 00000400 'requeue 7' --dir=run b
job 'the option at the end' 1 00000500 'requeue 7' b --dir run
exits 'no training' 2 'usage: sbatch pipelines/slurm-train.sh' sh "$top/pipelines/slurm-train.sh"
cd "$top" || exit 2
done_testing
