/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: something to paste instead of what is wrong: see caret.h.
 */
#include <string.h>

#include "caret.h"
#include "lines.h"

#define NGINX_DIRECTIVES                                                       \
  "proxy_http_version 1.1;\n"                                                  \
  "proxy_set_header Upgrade $http_upgrade;\n"                                  \
  "proxy_set_header Connection \"upgrade\";"
#define A_KEY "head -c 16 /dev/urandom | base64"
#define LINE_ENDS                                                              \
  "awk '{ sub(/\\r$/, \"\"); printf \"%s\\r\\n\", $0 }' FILE | "               \
  "upshake-inspect"

typedef struct fix {
  upshake_error error;
  const char *text;
} fix;

static const fix fixes[] = {
    {UPSHAKE_ERR_PROXY_TOOK_UPGRADE, NGINX_DIRECTIVES},
    {UPSHAKE_ERR_NO_CONNECTION, "Connection: Upgrade"},
    {UPSHAKE_ERR_HTTP_1_0, NGINX_DIRECTIVES},
    {UPSHAKE_ERR_NO_UPGRADE,
     "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="},
    {UPSHAKE_ERR_PASSED_OVER_METHOD,
     "upshake-inspect --protocol TOKEN,method=NAME"},
    {UPSHAKE_ERR_PASSED_OVER_BODY,
     "upshake-inspect --protocol TOKEN,method=POST,body=consume"},
    {UPSHAKE_ERR_PASSED_OVER_SETTINGS,
     "Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\n"
     "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"},
    {UPSHAKE_ERR_TLS, "ws:// for wss://, or http:// for https://"},
    {UPSHAKE_ERR_LINE_END, LINE_ENDS},
    {UPSHAKE_ERR_METHOD_BYTE, "GET /chat HTTP/1.1"},
    {UPSHAKE_ERR_TARGET_FORM, "GET /chat HTTP/1.1"},
    {UPSHAKE_ERR_TARGET_SCHEME, "GET ws://example.com/chat HTTP/1.1"},
    {UPSHAKE_ERR_TARGET_AUTHORITY, "GET ws://example.com:8080/chat HTTP/1.1"},
    {UPSHAKE_ERR_HTTP_VERSION_BYTE, "GET /chat HTTP/1.1"},
    {UPSHAKE_ERR_HTTP_VERSION, "curl --http1.1 ..."},
    {UPSHAKE_ERR_HTTP2_PREFACE, "curl --http1.1 ..."},
    {UPSHAKE_ERR_FIELD_NAME, "Name: value"},
    {UPSHAKE_ERR_FIELD_VALUE, "tr -d '\\000\\033' <FILE | upshake-inspect"},
    {UPSHAKE_ERR_HOST_REPEATED, "Host: example.com"},
    {UPSHAKE_ERR_TARGET_LONG, "upshake-inspect --head-max 65536"},
    {UPSHAKE_ERR_HEAD_LONG, "upshake-inspect --head-max 65536"},
    {UPSHAKE_ERR_FIELD_NAME_LONG, "upshake-inspect --name-max 1024"},
    {UPSHAKE_ERR_FIELDS_MANY, "upshake-inspect --fields-max 1000"},
    {UPSHAKE_ERR_HOST_MISSING, "Host: example.com"},
    {UPSHAKE_ERR_HOST_EMPTY, "Host: example.com"},
    {UPSHAKE_ERR_HOST_MALFORMED, "Host: example.com:8080"},
    {UPSHAKE_ERR_CONNECTION_MALFORMED, "Connection: keep-alive, Upgrade"},
    {UPSHAKE_ERR_CODING_NOT_CHUNKED, "Transfer-Encoding: chunked"},
    {UPSHAKE_ERR_CODING_UNKNOWN, "Transfer-Encoding: chunked"},
    {UPSHAKE_ERR_CODING_MALFORMED, "Transfer-Encoding: chunked"},
    {UPSHAKE_ERR_EXPECTATION, "Expect: 100-continue"},
    {UPSHAKE_ERR_VERSION_REPEATED, "Sec-WebSocket-Version: 13"},
    {UPSHAKE_ERR_VERSION_MALFORMED, "Sec-WebSocket-Version: 13"},
    {UPSHAKE_ERR_VERSION_MISSING, "Sec-WebSocket-Version: 13"},
    {UPSHAKE_ERR_VERSION_UNSUPPORTED, "Sec-WebSocket-Version: 13"},
    {UPSHAKE_ERR_KEY_REPEATED, A_KEY},
    {UPSHAKE_ERR_KEY_MALFORMED, A_KEY},
    {UPSHAKE_ERR_KEY_MISSING, A_KEY},
    {UPSHAKE_ERR_SUBPROTOCOL_MALFORMED,
     "Sec-WebSocket-Protocol: chat, superchat"},
    {UPSHAKE_ERR_EXTENSION_MALFORMED,
     "Sec-WebSocket-Extensions: permessage-deflate"},
    {UPSHAKE_ERR_ORIGIN_MALFORMED, "Origin: https://example.com"},
    {UPSHAKE_ERR_ORIGIN_MISSING, "Origin: https://example.com"},
    {UPSHAKE_ERR_STATUS_LINE, "HTTP/1.1 101 Switching Protocols"},
    {UPSHAKE_ERR_SWITCH_HTTP_1_0, "HTTP/1.1 101 Switching Protocols"},
    {UPSHAKE_ERR_UPGRADE_MISSING, "Upgrade: websocket"},
    {UPSHAKE_ERR_CONNECTION_MISSING, "Connection: Upgrade"},
};

/* "Host : a" becomes "Host: value".  The bytes behind the mark may not be there
 * yet. */
static void say_without_blank(note *out, const line_mark *mark) {
  upshake_slice name = line_of(mark);
  name.len = mark->column - 1 < name.len ? mark->column - 1 : name.len;
  note_clipped(out, name, 60);
  note_add(out, ": value");
}

void say_fix(answer *said) {
  if (said->fix.len > 0)
    return;
  if (said->place != NOWHERE && said->error == UPSHAKE_ERR_FIELD_BLANK) {
    say_without_blank(&said->fix, &said->mark);
    return;
  }
  if (said->place != NOWHERE && said->error == UPSHAKE_ERR_TARGET_BYTE &&
      said->offset < input_end(said->mark.in)) {
    note_add(&said->fix, "%%%02X",
             (unsigned char)*input_at(said->mark.in, said->offset));
    return;
  }
  if (said->place != NOWHERE && slice_begins(line_of(&said->mark), "PROXY "))
    return;
  for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++)
    if (fixes[i].error == said->error)
      note_add(&said->fix, "%s", fixes[i].text);
}
