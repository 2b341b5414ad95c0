#!/bin/sh
# root.sh BINARY FOLDER: fills FOLDER with the binary, the shared libraries that it names, and a
# /data that every user may write to.
set -eu
binary=$1 folder=$2
mkdir -p "$folder/bin" "$folder/data" "$folder/tmp"
chmod 1777 "$folder/data" "$folder/tmp"
strip -o "$folder/bin/brunt" "$binary"
chmod 755 "$folder/bin/brunt"
# The loader goes to the path that the binary names, the libraries to where the loader looks first.
ldd "$binary" | awk '$2 == "=>" {print $3} $1 ~ /^\// {print $1}' | while read -r library; do
  mkdir -p "$folder$(dirname "$library")"
  cp -L "$library" "$folder$library"
done
