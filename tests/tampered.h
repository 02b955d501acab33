/* SPDX-License-Identifier: MIT
 *
 * Good answers of a server, octet for octet with what each octet is, and the
 * rules for what a client says to one that was changed on its way.
 */
#ifndef TAMPERED_H
#define TAMPERED_H

#include <stddef.h>

#define TAMPERED_MAX 1024
#define LINES 12
#define PARTS 12

/* What a line of the answer is for. */
typedef enum role {
  NO_LINE,
  START,
  UPGRADE_ONE,  /* `websocket` and nothing else, be it a comma (RFC 6455 4.1) */
  UPGRADE_LIST, /* one or more (RFC 9110 7.8) */
  CONNECTION,
  ACCEPT,
  SUBPROTOCOL,
  EXTENSIONS,
  UNKNOWN, /* to this client: Server, Date and what there may be */
  EMPTY    /* the line that ends the head */
} role;

/* What a part of a line is. */
typedef enum kind {
  NAME,
  COLON,
  CRLF,       /* also the one before a folded line (RFC 9112 5.2) */
  GAP,        /* blank around a value, or between parts of it */
  LIST_GAP,   /* the same in a list that may have empty members */
  OPTION_GAP, /* the same before another member of Connection */
  FOLD,       /* the blank that makes a folded line of it */
  EXACT,      /* each octet is compared */
  SPACE,      /* the one before the reason phrase */
  LAST_SPACE, /* the same, and the phrase is empty */
  WORD,       /* each octet is compared without regard to case */
  MINOR,      /* the second digit of the version */
  STATUS,
  REASON,
  CHOSEN, /* a sub-protocol */
  BITS,   /* the value of client_max_window_bits */
  OPTION, /* another member of Connection */
  COMMA,  /* of a list that may have empty members */
  FREE    /* of a value that says nothing to this client */
} kind;

typedef struct part {
  kind kind;
  const char *text;
} part;

typedef struct answer {
  const char *request;
  struct line {
    role role;
    part parts[PARTS];
  } lines[LINES];
} answer;

extern const answer from_our_server, from_another_server, to_tls;

typedef struct place {
  kind kind;
  role role, before; /* of its line, and of the one before that */
  const char *text;  /* of its part */
  size_t index;      /* in its part */
} place;

typedef struct head {
  const char *request;
  char octets[TAMPERED_MAX];
  place places[TAMPERED_MAX];
  size_t len;
  size_t at[LINES + 1]; /* of each line, and the end */
  role roles[LINES];
  size_t lines;
} head;

head lay_out(const answer *a);

/* What the client says to an answer that was changed. */
enum {
  REFUSED = 0,
  SWITCHED = 1 << 0,       /* as if nothing had been changed, but: */
  NO_SUBPROTOCOL = 1 << 1, /* none was chosen */
  NO_EXTENSIONS = 1 << 2,  /* none were agreed to */
  ANOTHER = 1 << 3,        /* the changed octets say another thing, as good */
  OTHER = 1 << 4,          /* no switch: an ordinary response */
  SKIPPED = 1 << 5         /* an interim response; GLUED is no other one */
};

/* Of one octet that became another one, was left out, or is there twice. */
int changed(place here, unsigned octet);
int left_out(place here);
int doubled(place here);

/* Of a whole line, and of two of them, a before b. */
int without_line(role line);
int doubled_line(role line);
int swapped_lines(const head *good, size_t a, size_t b);

#endif
