#!/bin/sh
#SBATCH --job-name=textrain
#SBATCH --nodes=8
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@180
#SBATCH --requeue
#SBATCH --open-mode=append
# sbatch [OPTION ...] pipelines/slurm-train.sh -w FILE -d DIR [OPTION ...] FILE ...: a training by textrain(1) as a
# job, a process on each machine with a thread for each of its cores. Folders must be the same on all machines, and
# textrain, built with MPI=1, in PATH. What stands above is changed by options of sbatch: --nodes=64 --cpus-per-task=16.
#
# Three minutes before its time is over the job ends with a checkpoint and goes back into the queue, as it does when
# a process or a machine is lost, as long as it leaves a checkpoint each time: what fails at once does not run again.
# -r is given here. PMI is how srun starts processes (srun --mpi=list): pmix, pmi2.
: "${1:?usage: sbatch pipelines/slurm-train.sh -w FILE -d DIR [OPTION ...] FILE ...}"
dir='' last=''
for a; do
	case $last in
	-d | --dir) dir=$a ;;
	esac
	case $a in
	--dir=*) dir=${a#*=} ;;
	-d?*) dir=${a#-d} ;;
	esac
	last=$a
done
newest() { for f in "$dir"/step-*.tar; do :; done; echo "$f"; }
before=$(newest)
srun --mpi="${PMI:-pmix}" --kill-on-bad-exit=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" \
    textrain -r -j "${SLURM_CPUS_PER_TASK:-1}" "$@" </dev/null
status=$?
if [ $status -ne 0 ] && [ "$(newest)" != "$before" ]; then
	scontrol requeue "$SLURM_JOB_ID"
fi
exit $status
