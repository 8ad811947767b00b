#!/usr/bin/env bash
# Checks what compilers do not: paths that documents name, who depends on whom, exceptions without a reason, long
# files, paths of one machine. Prints every finding.
#
# usage: scripts/tidy.sh
set -euo pipefail
. "$(dirname "$0")/paths.sh"

findings=0

main() {
  paths_in_documents
  tables_in_the_readme
  manifests
  exceptions_have_reasons
  unsafe_code_in_one_place
  file_lengths
  machine_paths
  unfinished_work
  shell_scripts
  ((findings == 0)) || fail "$findings findings"
}

finding() {
  printf '%s\n' "$*"
  findings=$((findings + 1))
}

# The repository's files with one of these extensions, tracked or not, without what is ignored.
files() {
  local extensions=("${@/#/*.}")
  git ls-files --cached --others --exclude-standard -- "${extensions[@]}" | while IFS= read -r file; do
    [[ ! -f $file ]] || printf '%s\n' "$file"
  done
}

# Each path in backticks, and each link to a file, in a *.md must exist: from the top of the repository or beside
# the document.
paths_in_documents() {
  local document path
  while IFS= read -r document; do
    while IFS= read -r path; do
      exists "$path" "$document" || finding "$document: names $path, which does not exist"
    done < <(named_paths "$document")
  done < <(files md)
}

# What looks like a path: a directory of ours in front, or a known extension at its end.
named_paths() {
  local tops
  tops=$(printf '%s|' */)
  tops=${tops//\//}
  {
    # shellcheck disable=SC2016 # backticks of Markdown
    grep -o '`[^` ]*`' "$1" | tr -d '`'
    grep -o '](\([^)#]*\)' "$1" | sed 's/^](//' | grep -v '^[a-z]*:'
  } | grep -E "^(\.ci|${tops%|})/|/.*\.(rs|sh|json|yaml)\$|^[A-Za-z0-9._/-]+\.(md|toml)\$|^LICENSE-" |
    grep -vE '[*<>{}]|^(target|dist)/|/NAME\.' | sort -u
}

exists() {
  [[ -e $1 || -e $(dirname "$2")/$1 ]]
}

# The README's table of reasons names what the code names. Its reference of the configuration is written by a
# command, and a test compares it.
tables_in_the_readme() {
  same_names reasons <(sed -n 's/^ *Self::\([A-Za-z]*\).* => "\1",$/\1/p' filter/policy/src/denial/name.rs)
}

# The names in backticks in the first column of the table after the marker are those of the second file.
same_names() {
  local name
  while IFS= read -r name; do
    finding "README.md: table of $1: ${name//$'\t'/} stands on one side only, the table or the code"
  done < <(comm -3 <(table "$1" | sort -u) <(sort -u "$2"))
}

table() {
  # shellcheck disable=SC2016 # backticks of Markdown
  sed -n "/^<!-- $1:/,/^<!-- end/p" README.md | grep '^| `' | cut -d'|' -f2 | grep -v -e '-' |
    grep -o '`[^`]*`' | tr -d '`'
}

# The layers: a `use` across them cannot compile while the manifest does not name the crate.
manifests() {
  forbid filter/secrets proxy-wasm tokio hyper wasmtime claimgate-filter claimgate-policy claimgate-host claimgate-idp \
    claimgate-sandbox
  forbid filter/policy proxy-wasm tokio hyper wasmtime claimgate-filter claimgate-host claimgate-idp claimgate-sandbox
  forbid filter        tokio hyper wasmtime claimgate-host claimgate-idp claimgate-sandbox
  forbid host/sandbox  tokio hyper proxy-wasm jwt-compact claimgate-filter claimgate-policy claimgate-host claimgate-idp
  forbid host          wasmtime proxy-wasm jwt-compact claimgate-filter claimgate-policy claimgate-idp
  forbid host/idp      wasmtime proxy-wasm claimgate-filter claimgate-host claimgate-sandbox claimgate
}

# No table of dependencies of this crate, tests' included, names one of these.
forbid() {
  local crate=$1 name
  shift
  for name in "$@"; do
    if dependencies "$crate/Cargo.toml" | grep -qxF "$name"; then
      finding "$crate/Cargo.toml: depends on $name, which belongs to another layer"
    fi
  done
}

dependencies() {
  awk '
    /^\[/ { listed = /dependencies\]/ }
    match($0, /^\[.*dependencies\./) { name = substr($0, RLENGTH + 1); sub(/\].*/, "", name); print name }
    listed && /^[a-zA-Z0-9_-]+[. =]/ { name = $0; sub(/[. =].*/, "", name); print name }
  ' "$1"
}

# An attribute may run over several lines.
exceptions_have_reasons() {
  local file at
  while IFS= read -r file; do
    while IFS= read -r at; do
      finding "$file:$at: an allow or expect without a reason"
    done < <(awk '
      /#!?\[(allow|expect)\(/ { start = NR; text = "" }
      start { text = text $0 }
      start && /\)\]/ { if (text !~ /reason *=/) print start; start = 0 }
    ' "$file")
  done < <(files rs)
}

unsafe_code_in_one_place() {
  local file
  while IFS= read -r file; do
    [[ $file == filter/src/hostcalls.rs ]] || finding "$file: allows unsafe code, which filter/src/hostcalls.rs alone may"
  done < <(files rs | xargs -d '\n' grep -l 'allow(unsafe_code\|expect(unsafe_code' || true)
}

# Lines of code: without blank lines and comments. Tests may be long.
file_lengths() {
  local file lines
  while IFS= read -r file; do
    lines=$(grep -cvE '^[[:space:]]*(//.*)?$' "$file" || true)
    if ((lines > 400)) && [[ -z $(reason_for_length "$file") ]]; then
      finding "$file: $lines lines of code; split it, or give its reason in scripts/tidy.sh"
    fi
  done < <(files rs | grep -vE '(^|/)tests(/|\.rs$)')
}

# Files that may be longer than 400 lines, each with its reason.
reason_for_length() {
  case $1 in
    filter/policy/src/config/keys/*) echo "one declarative table" ;;
  esac
}

machine_paths() {
  local line
  while IFS= read -r line; do
    finding "$line"
  done < <(git grep -InE --untracked '/(root|work|home/[a-z]+)/[a-z.]' || true)
}

unfinished_work() {
  local line
  while IFS= read -r line; do
    finding "$line"
  done < <(git grep -InE --untracked 'TOD[O]|FIXM[E]|\bXX[X]\b|(todo|unimplemented)[!]' || true)
}

# Scripts that others read, and nobody runs.
SOURCED="scripts/paths.sh scripts/programs.sh examples/flows/stage.sh"

# What bash cannot parse is always found; more, where shellcheck is installed.
shell_scripts() {
  local script
  for script in .ci/run scripts/*.sh examples/*/*.sh; do
    bash -n "$script" || finding "$script: bash cannot parse it"
    [[ -x $script || " $SOURCED " == *" $script "* ]] || finding "$script: is not executable"
  done
  if command -v shellcheck >/dev/null; then
    shellcheck -x -P SCRIPTDIR .ci/run scripts/*.sh examples/*/*.sh || finding "scripts: shellcheck has findings"
  fi
}

main "$@"
