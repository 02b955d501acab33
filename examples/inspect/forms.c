/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the table of forms, and what a reader finds: see forms.h.
 */
#include "forms.h"

#include <stdlib.h>
#include <string.h>

/* ---- What is found ------------------------------------------------------- */

found_head *last_head(heads *found) {
  return found->len > 0 ? &found->all[found->len - 1] : NULL;
}

found_head *add_head(heads *found, int is_response) {
  if (found->len == found->cap) {
    size_t cap = found->cap ? 2 * found->cap : 4;
    found_head *all = allocate(cap * sizeof *all);
    if (found->len > 0)
      memcpy(all, found->all, found->len * sizeof *all);
    free(found->all);
    found->all = all;
    found->cap = cap;
  }
  if (!is_response || found->entries == 0)
    found->entries++;
  found_head *added = &found->all[found->len++];
  memset(added, 0, sizeof *added);
  added->is_response = is_response;
  added->entry = found->entries;
  return added;
}

void heads_free(heads *found) {
  for (size_t i = 0; i < found->len; i++) {
    note_free(&found->all[i].bytes);
    note_free(&found->all[i].repairs);
  }
  free(found->all);
  memset(found, 0, sizeof *found);
}

void note_repair(note *repairs, const char *repair) {
  note_add(repairs, "%s%s", repairs->len ? "; " : "", repair);
}

void note_field(note *bytes, const char *name, upshake_slice value) {
  note_add(bytes, "%s: ", name);
  note_line(bytes, value);
}

void note_line(note *bytes, upshake_slice line) {
  note_bytes(bytes, line.ptr, line.len);
  note_bytes(bytes, "\r\n", 2);
}

/* ---- The table ----------------------------------------------------------- */

const input_form raw_form = {"raw", NULL, "the exact bytes", NULL};

static const input_form all_forms[] = {
    {"text", read_text, "a request that was pasted", NULL},
    {"curl-v", read_curl_v, "the output of curl -v", NULL},
    {"curl", read_curl, "a curl command", NULL},
    {"har", read_har, "a HAR file", NULL},
    {"pcap", read_pcap, "a pcap file", NULL},
    {"tcpdump", read_tcpdump, "the output of tcpdump", NULL},
    {"follow", read_follow, "the output of tshark's follow", NULL},
    {"devtools", read_devtools, "fields without a request line", NULL},
    {"gzip", NULL, "gzip, compressed data", "gunzip -c FILE | upshake-inspect"},
    {"zip", NULL, "a ZIP archive", "unzip FILE"},
    {"hexdump", NULL, "a hex dump (hexdump, xxd or od)",
     "xxd -r FILE | upshake-inspect"},
    {"log", NULL, "a line of a log, which has no fields",
     "tcpdump -A -s 0 -i any port 80 | upshake-inspect"},
    {"http2", NULL,
     "HTTP/2, which has no Upgrade: a WebSocket is opened there "
     "with an extended CONNECT (RFC 8441)",
     "curl --http1.1 ..."},
    {"proxy-v2", NULL,
     "the PROXY protocol, version 2, which a load balancer (a proxy) in front "
     "is set to send",
     "set the proxy in front to send plain TCP, or read its header first"},
    {"response", NULL, "a response",
     "upshake-inspect --client --request REQUEST RESPONSE"},
    {"json", NULL, "JSON, but no HAR", NULL},
    {"html", NULL, "a page in HTML", NULL},
};

const input_form *find_form(const char *name) {
  for (size_t i = 0; i < sizeof all_forms / sizeof *all_forms; i++)
    if (strcmp(all_forms[i].name, name) == 0)
      return &all_forms[i];
  return NULL;
}
