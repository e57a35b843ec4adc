#!/bin/sh
# The exchange of hallucinate and texgen: two processes, another partner, and partners that misbehave.
. tests/lib.sh

PERL5LIB=$PWD/tests/perl
export PERL5LIB
figure="perl tests/perl/figure.pl"
mean="perl tests/perl/mean.pl"
w=$tmp/w.tar bank=$tmp/bank.tar
ok "weights of a tiny network" sh -c "weights init -z0 --preset tiny --recipe anchored --seed 3 >$w"
ok "a pose bank" sh -c "$figure 64 bank >$bank"
ok "a figure as input" sh -c "$figure 64 | pose2heat | iuv2coord >$tmp/in"

ok "two processes" sh -c "hallucinate --poses $bank -w $w -n 3 --keep <$tmp/in >$tmp/two"
ok "another way to say the same" \
	sh -c "hallucinate --poses $bank -w $w -n 3 --keep -x 'texgen -x -z0 --keep -w $w' <$tmp/in >$tmp/said"
ok "the same values" tscmp "$tmp/two" "$tmp/said"
for j in 1 3; do
	ok "the same bytes with $j threads" \
		sh -c "hallucinate --poses $bank -j $j -w $w -n 3 --keep <$tmp/in | cmp - $tmp/two"
done
ok "the texture" sh -c "texgen -w $w <$tmp/two >$tmp/tex && tsls --only 'texture*' $tmp/tex | grep -q '64,64,3'"

for links in full i2t t2i none; do
	for n in 1 2 4; do
		ok "links $links, $n views" \
			sh -c "hallucinate --poses $bank -w $w -n $n --links $links <$tmp/in | texgen -w $w >$tmp/out"
	done
done
ok "the links matter" sh -c "hallucinate --poses $bank -w $w -n 3 --keep --links none <$tmp/in >$tmp/none;
	! tscmp --only 'phi_t.2' $tmp/two $tmp/none >$tmp/cmp"

ok "a tap" sh -c "hallucinate --poses $bank -w $w -n 2 --tap $tmp/tap <$tmp/in >/dev/null"
is "what was said" "$(tsls "$tmp/tap" | awk '{ print $2 }' | grep -c phi_)" 4

ok "a partner in another language" \
	sh -c "hallucinate --poses $bank -w $w -n 2 --keep -x '$mean' <$tmp/in >$tmp/perl"
ok "its texture" sh -c "texgen -w $w <$tmp/perl >$tmp/out"

# Partners that misbehave: one clear line, soon, and nobody is left behind.
misbehaves() {	# misbehaves WHAT PATTERN CMD [OPTION ...]
	what=$1 pattern=$2 cmd=$3; shift 3
	exits "$what" 2 "$pattern" sh -c 'hallucinate "$@" >'"$tmp/out <$tmp/in" - \
		--poses "$bank" -w "$w" -x "$cmd" "$@"
	is "$what: one line" "$(grep -c ^hallucinate: "$tmp/.err")" 1
}
misbehaves "dies" 'partner.*exit status 3' 'exit 3'
misbehaves "is killed" 'partner.*signal 9' 'kill -9 $$'
misbehaves "is not there" 'partner.*not found' 'exec no-such-program'
misbehaves "closes early" 'partner' 'head -c 1000 >/dev/null'
misbehaves "hangs" 'partner.*no complete answer after 0.5 s' 'sleep 77.125; true' --timeout 0.5
is "nobody is left" "$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' | grep -c '[s]leep 77.125')" 0
misbehaves "talks nonsense" 'partner' 'head -c 600 Makefile; cat >/dev/null'
misbehaves "says a word and falls silent" 'partner.*no complete answer after 0.5 s' 'echo hello; cat >/dev/null' --timeout 0.5
misbehaves "answers a wrong shape" 'partner.*field phi_t.3.*want f4' "$mean shape"
misbehaves "answers about somebody else" 'partner.*about sample "not-figure"' "$mean key"
misbehaves "has weights of another size" 'partner|texgen' "texgen -x -z0 -w $tmp/none.tar"

exits "no weights" 2 'weights: .*none.tar' hallucinate --poses $bank -w "$tmp/none.tar"
exits "a U-Net's weights" 2 'want those of' \
	sh -c "weights init -z0 --net unet --preset tiny >$tmp/u.tar; hallucinate --poses $bank -w $tmp/u.tar -x true <$tmp/in"
exits "no heat maps" 2 'sample 0 .*field source' \
	sh -c "$figure 64 | hallucinate --poses $bank -w $w >$tmp/out"
exits "no labels" 2 'field source.iuv: is missing, see intake\(1\) and fitbody\(1\)' \
	sh -c "tsjoin --drop source.iuv $tmp/in | hallucinate --poses $bank -w $w >$tmp/out"
# Weights of another size, card.t has streams of one.
ok "weights of twice the size" sh -c "weights init -z0 --preset tiny --recipe anchored --set size=128 >$tmp/w128.tar"
exits "a partner with weights of another size" 2 'halluc.heat: f4 .2,64,64,18., want f4 ...128,128,18.: want the weights of hallucinate' \
	sh -c "hallucinate --poses $bank -w $w -x 'texgen -x -z0 -w $tmp/w128.tar' <$tmp/in >$tmp/out"
exits "texgen with weights of another size" 2 'phi_t.2: f4 .16,16,[0-9]*., want f4 .32,32,[0-9]*.: made with other weights, see --weights' \
	sh -c "texgen -w $tmp/w128.tar <$tmp/two >$tmp/out"
exits "texgen without features" 2 'field phi_t.2' sh -c "texgen -w $w <$tmp/in >$tmp/out"

# A photo whose key points nobody found.
ok "no key points" sh -c "$figure 64 | tsjoin --drop source.pose - | pose2heat | iuv2coord |
	hallucinate --poses $bank -w $w >$tmp/out"
is "all are missing" "$(tsls -s --only source.heat "$tmp/out" | cut -f5-7)" "0	0	0"

# Step two.
ok "target poses" sh -c "$figure 64 target | pose2heat | iuv2coord >$tmp/target"
ok "step two" sh -c "tsjoin $tmp/two $tmp/target | hallucinate -t -w $w >$tmp/out"
is "its pictures" "$(tsls --only target.gen "$tmp/out" | grep -c '64,64,3')" 1
exits "step two without what iuv2coord makes" 2 'field target.surf: is missing, see iuv2coord\(1\)' \
	sh -c "tsjoin $tmp/two $tmp/target | tsjoin --drop target.surf - | hallucinate -t -w $w >$tmp/out"
ok "weights that read a finished texture" sh -c \
	"weights init -z0 --preset tiny --recipe anchored --set evidence=raw+inpaint >$tmp/more.tar"
exits "one that nobody made, and no U-Net" 2 'field texture: is missing, see inpaint\(1\), and .*--unet: weights: .*none.tar' \
	sh -c "hallucinate --unet $tmp/none.tar --poses $bank -w $tmp/more.tar <$tmp/in >$tmp/out"
exits "step two paints none" 2 'field texture: is missing' \
	sh -c "tsjoin $tmp/two $tmp/target | hallucinate -t -w $tmp/more.tar >$tmp/out"
done_testing
