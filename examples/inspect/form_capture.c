/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: a recording of packets, pcap or pcapng, read by libpcap.
 */
#define _DEFAULT_SOURCE /* pcap.h uses u_char */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "lines.h"
#include "streams.h"

#define FOLLOW "tshark -r FILE -q -z follow,tcp,ascii,0 | upshake-inspect"

#ifndef EXAMPLES_PCAP
void read_pcap(upshake_slice text, heads *found) {
  (void)text;
  found->why = "a pcap file, which this build does not read: it was built "
               "without libpcap.  tshark -q -z follow makes a text of it";
  found->fix = FOLLOW;
}
#else

#include <pcap/pcap.h>

/* How many bytes stand before the IP packet; -1: it is no IP, or unknown. */
static long ethernet_len(upshake_slice frame) {
  size_t at = 12;
  while (at + 4 <= frame.len && (unsigned char)frame.ptr[at] == 0x81 &&
         frame.ptr[at + 1] == 0) /* a VLAN */
    at += 4;
  return at + 2 <= frame.len ? (long)at + 2 : -1;
}

static long link_len(int link, upshake_slice frame) {
  switch (link) {
  case DLT_NULL:
  case 108: /* DLT_LOOP */
    return 4;
  case DLT_EN10MB:
    return ethernet_len(frame);
  case 12:
  case 14:
  case 101:
  case 228:
  case 229: /* raw IP */
    return 0;
  case 113: /* Linux, "any" */
    return 16;
  case 276: /* the same, version 2 */
    return 20;
  default:
    return -1;
  }
}

static size_t read_packets(pcap_t *capture, streams *in) {
  struct pcap_pkthdr *header;
  const u_char *bytes;
  size_t known = 0;
  while (pcap_next_ex(capture, &header, &bytes) == 1) {
    upshake_slice frame = {(const char *)bytes, header->caplen};
    long at = link_len(pcap_datalink(capture), frame);
    if (at < 0 || (size_t)at > frame.len)
      continue;
    known++;
    add_packet(in, slice_from(frame, (size_t)at));
  }
  return known;
}

void read_pcap(upshake_slice text, heads *found) {
  char error[PCAP_ERRBUF_SIZE];
  streams in;
  memset(&in, 0, sizeof in);
  found->why = "a pcap file, and it has no HTTP/1.1 in it: TLS hides it, or "
               "the recording began too late";
  found->fix = "tcpdump -s 0 -w FILE tcp port 80";
  FILE *file = tmpfile();
  if (file == NULL)
    return;
  int written = fwrite(text.ptr, 1, text.len, file) == text.len;
  rewind(file);
  pcap_t *capture = written ? pcap_fopen_offline(file, error) : NULL;
  if (capture == NULL) {
    found->why = "a pcap file that libpcap cannot read";
    found->fix = FOLLOW;
    fclose(file);
    return;
  }
  read_packets(capture, &in);
  pcap_close(capture);
  find_heads(&in, found);
  streams_free(&in);
}
#endif
