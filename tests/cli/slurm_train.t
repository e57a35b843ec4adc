#!/bin/sh
# The job script of a training: what srun is asked for, and that a training that was stopped goes back into the
# queue, while one that is done or has failed does not. srun and scontrol are stand-ins; tests/cli/slurm.t has a Slurm.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip a shell script'; exit 0; }
mkdir "$tmp/bin"
cat >"$tmp/bin/srun" <<'END'
#!/bin/sh
echo "$*" >>calls
while [ "$1" != textrain ]; do shift; done
exec "$@"
END
printf '#!/bin/sh\necho "scontrol $*" >>calls\n' >"$tmp/bin/scontrol"
chmod +x "$tmp/bin/srun" "$tmp/bin/scontrol"
PATH=$tmp/bin:$PATH
cd "$tmp" || exit 2
synthbody --size 64 -n 4 >p.tar.zst
weights init --net unet --preset tiny >unet.tar
export SLURM_JOB_ID=17 SLURM_CPUS_PER_TASK=2
job() { sh "$top/pipelines/slurm-train.sh" -w unet.tar -d run -b 2 --log-every 1 "$@" p.tar.zst; }

ok 'a training' job -s 2
is 'as srun is asked for it' "$(cat calls)" \
    '--mpi=pmix --kill-on-bad-exit=1 --cpus-per-task=2 textrain -r -j 2 -w unet.tar -d run -b 2 --log-every 1 -s 2 p.tar.zst'
rm calls
ok 'the same job again goes on' job -s 3
is 'and not into the queue' "$(grep -c scontrol calls)" 0
exits 'a wrong option' 2 'there is no option' job --absent
is 'is not tried again' "$(grep -c scontrol calls)" 0
perl -e '$SIG{TERM} = "DEFAULT"; exec @ARGV' sh "$top/pipelines/slurm-train.sh" -w unet.tar -d run2 -b 2 --log-every 1 -s 5000 p.tar.zst 2>err & pid=$!
while kill -0 $pid 2>/dev/null && [ "$(cat run2/log.tsv 2>/dev/null | wc -l)" -lt 3 ]; do :; done
kill -TERM "$(ps -e -o pid= -o args= | awk '$2 == "textrain" && / -d run2 / { print $1 }' | head -1)"
wait $pid; got=$?
is 'its time is over' $got 1
is 'once more, please' "$(grep scontrol calls)" 'scontrol requeue 17'
cd "$top" || exit 2
done_testing
