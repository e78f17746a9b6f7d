#!/usr/bin/env bash
# Runs DynamoDB Local until standard input ends, so that it never outlives its parent; prints its process id first.
#   run-dynamodb-local.sh FOLDER LOG ARGUMENTS...
set -euo pipefail
folder="$1" log="$2"
shift 2
cd "$folder"
exec 3<&0
# A Ctrl-C reaches everything at the terminal: the owner ends first what needs it, and this last.
trap '' INT TERM
java -Xmx512m -Djava.library.path=./DynamoDBLocal_lib -jar DynamoDBLocal.jar "$@" </dev/null 3<&- >"$log" 2>&1 &
server=$!
echo "$server"
exec >/dev/null 2>&1
# SIGKILL, for it also ends a server that is stopped.
(cat <&3; kill -KILL "$server") &
guard=$!
wait "$server" || true
kill -KILL "$guard" || true
