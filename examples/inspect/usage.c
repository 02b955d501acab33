/* SPDX-License-Identifier: MIT
 *
 * upshake-inspect: what --help prints: one screen, the examples first.
 */
#include <stdio.h>
#include <stdlib.h>

#include "options.h"

static const char usage[] =
    "usage: upshake-inspect [OPTION]... [FILE | ws://HOST[:PORT][/PATH]]\n"
    "\n"
    "Why does my handshake fail?\n"
    "  upshake-inspect                    paste a request, or a curl command\n"
    "  upshake-inspect FILE               bytes, curl -v, HAR, pcap, tcpdump\n"
    "  upshake-inspect ws://HOST/PATH     connect, judge the answer, time it\n"
    "  upshake-inspect --listen 8080      wait for clients, judge and answer\n"
    "  upshake-inspect --probe ws://HOST  what does a server let through?\n"
    "  upshake-inspect --client --request REQUEST RESPONSE   judge an answer\n"
    "\n"
    "Input:\n"
    "  --from FORM        auto (default), raw, curl-v, curl, har, pcap, "
    "tcpdump,\n"
    "                     follow, devtools; raw with --json and --feed\n"
    "  --strict           the exact bytes, as --from raw\n"
    "  --entry N          only the Nth exchange of the input\n"
    "  --feed N           give N bytes at a time to the library\n"
    "Output:\n"
    "  --reply            show the answer too;  --json  an object for each "
    "head\n"
    "  --help             this text\n"
    "Server:\n"
    "  --protocol TOKEN[/VERSION][,method=NAME][,body=consume]   (websocket)\n"
    "  --subprotocol NAME   --deflate\n"
    "  --origin ORIGIN    an Origin that may come, or any (default: the host)\n"
    "  --lean             keep the fields in use;  --want NAME  and this one\n"
    "Client:\n"
    "  --client           judge a response to  --request FILE\n"
    "  --subprotocol-required   as browsers do\n"
    "Live, also with wss://:\n"
    "  --listen [ADDR:]PORT     --once  ends after the first client\n"
    "  --probe URI        --yes  a server that is not on this machine\n"
    "  --ca FILE          --insecure     --timeout MS  of each step (10000)\n"
    "Limits:\n"
    "  --head-max BYTES   longest head (8192);  --total-max BYTES  with "
    "--lean\n"
    "  --fields-max N     field lines (128);    --name-max BYTES  names (255)\n"
    "\n"
    "Exit status: 0 switched, 1 refused, 2 plain (no upgrade, an ordinary\n"
    "answer), 3 incomplete, 64 wrong usage, 66 unreadable file, 71 the system\n"
    "failed, 74 cannot write to standard output\n";

void print_usage(void) {
  fputs(usage, stdout);
  exit(finish(0));
}
