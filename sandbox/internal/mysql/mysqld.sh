#!/bin/sh
# Runs the unpacked MySQL by its own loader and libraries; those of this machine may be older.
root=$(dirname "$(readlink -f "$0")")/root
for loader in "$root"/usr/lib/*/ld-linux*.so.*; do :; done
libraries=${loader%/*}
exec "$loader" --library-path "$libraries:$libraries/mysql/private:$root/usr/lib/mysql/private" "$root/usr/sbin/mysqld" --no-defaults \
  --lc-messages-dir="$root/usr/share/mysql" --character-sets-dir="$root/usr/share/mysql/charsets" \
  --plugin-dir="$root/usr/lib/mysql/plugin" --secure-file-priv=NULL --mysqlx=OFF "$@"
