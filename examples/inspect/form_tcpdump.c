/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: the output of tcpdump.  -x and -X have all bytes of each
 * packet.  -A shows them as text: a CR before LF is left out, and other bytes
 * that cannot be printed are dots.
 */
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "hex.h"
#include "lines.h"
#include "streams.h"

/* ---- Bytes in hexadecimal digits ----------------------------------------- */

/* The digits behind "0x0010:", or an absent slice. */
static upshake_slice hex_line(upshake_slice line) {
  line = slice_trim(line);
  if (line.len < 8 || !slice_begins(line, "0x") || line.ptr[6] != ':')
    return (upshake_slice){NULL, 0};
  return slice_trim(slice_from(line, 7));
}

/* -xx and -XX have the header of Ethernet in front. */
static void end_packet(streams *in, note *packet) {
  upshake_slice bytes = note_slice(packet);
  if (bytes.len > 14 &&
      (memcmp(bytes.ptr + 12, "\x08\x00", 2) == 0 ||
       memcmp(bytes.ptr + 12, "\x86\xdd", 2) == 0) &&
      bytes.ptr[0] >> 4 != 4)
    bytes = slice_from(bytes, 14);
  add_packet(in, bytes);
  packet->len = 0;
}

static int read_hex(upshake_slice text, heads *found) {
  streams in;
  note packet = {NULL, 0, 0};
  text_line line;
  int lines = 0;
  memset(&in, 0, sizeof in);
  while (next_line(&text, &line)) {
    upshake_slice digits = hex_line(line.text);
    if (digits.ptr == NULL)
      continue;
    if (slice_begins(slice_trim(line.text), "0x0000:"))
      end_packet(&in, &packet);
    add_hex(digits, 16, &packet);
    lines++;
  }
  end_packet(&in, &packet);
  if (lines > 0)
    find_heads(&in, found);
  note_free(&packet);
  streams_free(&in);
  return lines > 0;
}

/* ---- Packets as text ----------------------------------------------------- */

/* What the line in front of a packet says. */
typedef struct packet {
  int is_known;
  char from[PEER_MAX], to[PEER_MAX];
  unsigned long number, len; /* of the first byte, and how many */
  note text;                 /* the lines behind it */
} packet;

static unsigned long number_behind(upshake_slice line, const char *label) {
  unsigned long number = 0;
  long at = slice_find(line, label);
  if (at < 0)
    return 0;
  line = slice_from(line, (size_t)at + strlen(label));
  for (; line.len > 0 && *line.ptr >= '0' && *line.ptr <= '9' &&
         number < 0x0fffffff;
       line = slice_from(line, 1))
    number = number * 10 + (unsigned long)(*line.ptr - '0');
  return number;
}

static void copy_peer(upshake_slice text, char peer[PEER_MAX]) {
  size_t len = text.len < PEER_MAX - 1 ? text.len : PEER_MAX - 1;
  memcpy(peer, text.ptr, len);
  peer[len] = '\0';
}

/* "A.PORT > B.PORT: Flags [P.], seq 1:197, ... length 196" */
static int read_header(upshake_slice line, packet *of) {
  long arrow = slice_find(line, " > ");
  if (arrow <= 0 || slice_find(line, ": Flags [") < arrow)
    return 0;
  size_t from = (size_t)arrow, to = (size_t)arrow + 3;
  while (from > 0 && line.ptr[from - 1] != ' ')
    from--;
  upshake_slice rest = slice_from(line, to);
  long colon = slice_find(rest, ": Flags");
  if (colon < 0)
    return 0;
  copy_peer((upshake_slice){line.ptr + from, (size_t)arrow - from}, of->from);
  copy_peer((upshake_slice){rest.ptr, (size_t)colon}, of->to);
  of->number = number_behind(rest, ", seq ");
  of->len = number_behind(rest, ", length ");
  of->is_known = 1;
  return 1;
}

/* Adds the text with CR LF for each LF. */
static void add_with_cr(upshake_slice text, note *bytes) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] == '\n' && (i == 0 || text.ptr[i - 1] != '\r'))
      note_add(bytes, "\r");
    note_bytes(bytes, text.ptr + i, 1);
  }
}

/* Where a head begins: the first place from which its line is a request line,
 * with a method of capital letters, or a status line. */
static upshake_slice find_head(upshake_slice text) {
  text_line line;
  for (upshake_slice rest = text; next_line(&rest, &line);) {
    long status = slice_find(line.text, "HTTP/1.");
    long version = slice_find(line.text, " HTTP/1.");
    if (status >= 0 && is_status_line(slice_from(line.text, (size_t)status)))
      return slice_from(text, (size_t)(line.text.ptr + status - text.ptr));
    if (version <= 0)
      continue;
    size_t at = (size_t)version;
    while (at > 0 && line.text.ptr[at - 1] != ' ')
      at--;
    size_t method = at > 0 ? at - 1 : 0;
    while (method > 0 && line.text.ptr[method - 1] >= 'A' &&
           line.text.ptr[method - 1] <= 'Z')
      method--;
    if (is_request_line(slice_from(line.text, method)))
      return slice_from(text, (size_t)(line.text.ptr + method - text.ptr));
  }
  return (upshake_slice){NULL, 0};
}

/* The last bytes are those that TCP carries.  If a body has LF alone, they are
 * less than there seem to be here; then a head is looked for. */
static upshake_slice find_payload(upshake_slice text, size_t len) {
  upshake_slice last = {NULL, 0}, head = find_head(text);
  text_line line;
  if (len > 0 && len <= text.len)
    last = slice_from(text, text.len - len);
  upshake_slice rest = last;
  int is_head = last.ptr != NULL && next_line(&rest, &line) &&
                (is_request_line(line.text) || is_status_line(line.text));
  return is_head || head.ptr == NULL ? last : head;
}

static void end_text(streams *in, packet *of) {
  note bytes = {NULL, 0, 0};
  upshake_slice text = note_slice(&of->text);
  if (text.len > 0 && text.ptr[text.len - 1] == '\n') /* tcpdump's own */
    text.len--;
  add_with_cr(text, &bytes);
  upshake_slice payload = find_payload(note_slice(&bytes), of->len);
  if (of->is_known && payload.ptr != NULL)
    add_segment(in, of->from, of->to, 0, 0, (uint32_t)of->number, payload);
  note_free(&bytes);
  note_free(&of->text);
  memset(of, 0, sizeof *of);
}

static int is_packet_line(upshake_slice line) {
  return line.len > 12 && line.ptr[0] >= '0' && line.ptr[0] <= '9' &&
         (slice_find(line, " IP ") > 0 || slice_find(line, " IP6 ") > 0);
}

static void read_packets(upshake_slice text, heads *found) {
  streams in;
  packet of;
  text_line line;
  memset(&in, 0, sizeof in);
  memset(&of, 0, sizeof of);
  while (next_line(&text, &line)) {
    if (is_packet_line(line.text))
      end_text(&in, &of);
    if (!of.is_known && read_header(line.text, &of))
      continue;
    if (of.is_known)
      note_bytes(&of.text, line.text.ptr, line.len);
  }
  end_text(&in, &of);
  find_heads(&in, found);
  streams_free(&in);
}

static void say_repairs(heads *found, const char *repair) {
  for (size_t i = 0; i < found->len; i++)
    note_repair(&found->all[i].repairs, repair);
}

void read_tcpdump(upshake_slice text, heads *found) {
  if (!read_hex(text, found)) {
    read_packets(text, found);
    say_repairs(found, "LF taken as CR LF");
  }
  if (found->len == 0) { /* -v without -A prints the head, indented */
    read_text(text, found);
  }
  if (found->len > 0)
    return;
  found->why = "the output of tcpdump, and no packet of it shows an HTTP/1.1 "
               "head";
  found->fix = "tcpdump -A -s 0 tcp port 80 | upshake-inspect";
}
