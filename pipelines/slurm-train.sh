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
# a machine is lost; -r is given here. PMI is how srun starts processes (srun --mpi=list): pmix, pmi2.
: "${1:?usage: sbatch pipelines/slurm-train.sh -w FILE -d DIR [OPTION ...] FILE ...}"
srun --mpi="${PMI:-pmix}" --kill-on-bad-exit=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" \
    textrain -r -j "${SLURM_CPUS_PER_TASK:-1}" "$@" </dev/null
status=$?
# Stopped before the last step, with a checkpoint: once more.
[ $status -ne 1 ] || scontrol requeue "$SLURM_JOB_ID"
exit $status
