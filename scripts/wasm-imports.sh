#!/usr/bin/env bash
# Prints what a .wasm imports, one "module name" a line. Needs bash and od only.
#
# usage: scripts/wasm-imports.sh FILE
#
# Reads the head of the file: sections come in order, and types and imports are the first two
# (WebAssembly core specification, 5.5).
set -euo pipefail

file=${1:?usage: scripts/wasm-imports.sh FILE}
head_bytes=65536
mapfile -t bytes < <(od -An -v -tu1 -N "$head_bytes" "$file" | tr -s ' ' '\n' | grep .)
at=0

fail() {
  printf '%s: %s: %s\n' "${0##*/}" "$file" "$*" >&2
  exit 1
}

# One byte, into $byte.
next() {
  ((at < ${#bytes[@]})) || fail "expected an import section within the first $head_bytes bytes, found none"
  byte=${bytes[at]}
  at=$((at + 1))
}

# An unsigned LEB128 number, into $number.
leb128() {
  local shift=0
  number=0
  while
    next
    number=$((number | (byte & 127) << shift))
    shift=$((shift + 7))
    ((byte > 127))
  do :; done
}

# A string with its length in front, into $name.
string() {
  local i length escaped='' one
  leb128
  length=$number
  for ((i = 0; i < length; i++)); do
    next
    printf -v one '\\x%02x' "$byte"
    escaped+=$one
  done
  printf -v name '%b' "$escaped"
}

[[ ${bytes[*]:0:4} == "0 97 115 109" ]] || fail "expected the magic bytes of a .wasm, found something else"
at=8
while
  next
  section=$byte
  leb128
  ((section != 2))
do
  ((section <= 2)) || exit 0 # past where imports would stand: there are none
  at=$((at + number))
done

leb128
for ((left = number; left > 0; left--)); do
  string
  module=$name
  string
  next
  ((byte == 0)) || fail "expected imports of functions only, found $module $name of kind $byte"
  leb128 # the function's type
  printf '%s %s\n' "$module" "$name"
done
