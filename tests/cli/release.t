#!/bin/sh
# What `make release` refuses to tag: VERSION, CHANGES.md and what is
# committed have to agree. In a repository of its own.
. tests/lib.sh
command -v git >/dev/null || { echo '1..0 # skip no git'; exit 0; }
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
cp Makefile config.mk "$tmp" && cd "$tmp" || exit 2
git init -q . && git config user.name me && git config user.email me@example.org
commit() { git add -A && git commit -qm 'A change' --allow-empty; }
check() { env -u MAKEFLAGS -u MFLAGS make -s --no-print-directory release-check; }
printf '.*\n' >.gitignore
echo 0.3.0 >VERSION

printf '# What is new\n\n## 0.3.0 (not released)\n' >CHANGES.md; commit
exits 'not released' 2 'VERSION is 0.3.0; want .* ## 0.3.0 \(YYYY' check
printf '# What is new\n\n## 0.2.0 (2026-11-30)\n' >CHANGES.md; commit
exits 'another version' 2 'VERSION is 0.3.0' check
printf '# What is new\n\n## 0.3.0 (2026-11-30)\n\n## 0.2.0 (2026-11-01)\n' >CHANGES.md
exits 'not committed' 2 'not committed' check
commit
ok 'all agrees' check
git tag v0.3.0
exits 'a tag of before' 2 'there is a tag v0.3.0' check
done_testing
