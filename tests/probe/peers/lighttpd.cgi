#!/bin/sh
# SPDX-License-Identifier: MIT
# The answers of tests/probe/peers/lighttpd.conf, by the name of the script.
printf 'Content-Type: text/plain\r\n\r\n'

field() { [ -z "$2" ] || printf '%s: %s\n' "$1" "$2"; }

case $0 in
  *echo.cgi)
    env | sed -n 's/^HTTP_\([^=]*\)=/\1: /p' | while IFS= read -r line; do
      printf '%s:%s\n' "$(echo "${line%%:*}" | tr _ -)" "${line#*:}"
    done
    field Content-Type "$CONTENT_TYPE"
    field Content-Length "$CONTENT_LENGTH"
    ;;
  *cookie.cgi)
    [ -z "$HTTP_COOKIE" ] ||
      printf '%s\n' "$HTTP_COOKIE" | tr ';' '\n' | sed 's/^ *//'
    ;;
  *)
    if [ "$REQUEST_METHOD" = POST ] && [ "${CONTENT_LENGTH:-0}" -gt 0 ]; then
      head -c "$CONTENT_LENGTH"
    else
      printf OK
    fi
    ;;
esac
