/* SPDX-License-Identifier: MIT
 *
 * Cases in a file.  One function names the members of a case in their order;
 * it writes them and reads them.
 */
#include "corpus.h"

/* One of both directions. */
typedef struct pipe {
  FILE *file;
  int writes, is_broken;
} pipe;

static void pass(pipe *p, void *bytes, size_t len) {
  size_t done = len;
  if (len > 0 && !p->is_broken)
    done = p->writes ? fwrite(bytes, 1, len, p->file)
                     : fread(bytes, 1, len, p->file);
  p->is_broken |= done != len;
}

#define PASS(p, member) pass(p, &(member), sizeof(member))

/* The bytes of a text are never freed. */
static void pass_bytes(pipe *p, compare_bytes *bytes) {
  uint64_t len = bytes->ptr == NULL ? UINT64_MAX : bytes->len;
  PASS(p, len);
  if (len == UINT64_MAX || p->is_broken) {
    bytes->ptr = NULL;
    bytes->len = 0;
    return;
  }
  char *copy = p->writes ? NULL : compare_room((size_t)len + 1);
  union {
    const char *is;
    char *was;
  } ptr = {bytes->ptr};
  pass(p, p->writes ? ptr.was : copy, (size_t)len);
  if (p->writes)
    return;
  copy[len] = 0; /* so that a text may be a string */
  bytes->ptr = copy;
  bytes->len = (size_t)len;
}

static void pass_string(pipe *p, const char **string) {
  compare_bytes bytes = {*string, *string == NULL ? 0 : strlen(*string)};
  pass_bytes(p, &bytes);
  *string = bytes.ptr;
}

static void pass_len(pipe *p, uint32_t *len, uint32_t most) {
  PASS(p, *len);
  if (*len > most) {
    p->is_broken = 1;
    *len = 0;
  }
}

static void pass_names(pipe *p, const char **names, uint32_t *len) {
  pass_len(p, len, COMPARE_NAMES);
  for (uint32_t i = 0; i < *len; i++)
    pass_string(p, &names[i]);
}

static void pass_fields(pipe *p, compare_field *fields, uint32_t *len) {
  pass_len(p, len, COMPARE_FIELDS);
  for (uint32_t i = 0; i < *len; i++) {
    pass_bytes(p, &fields[i].name);
    pass_bytes(p, &fields[i].value);
  }
}

static void pass_protocol(pipe *p, compare_protocol *protocol) {
  pass_string(p, &protocol->token);
  pass_string(p, &protocol->version);
  pass_string(p, &protocol->methods);
  pass_string(p, &protocol->upgrade);
  PASS(p, protocol->rules);
  PASS(p, protocol->body);
  PASS(p, protocol->failed_is_plain);
}

static void pass_config(pipe *p, compare_config *c) {
  pass_len(p, &c->protocols_len, COMPARE_PROTOCOLS);
  for (uint32_t i = 0; i < c->protocols_len; i++)
    pass_protocol(p, &c->protocols[i]);
  pass_names(p, c->subprotocols, &c->subprotocols_len);
  pass_names(p, c->origins, &c->origins_len);
  pass_names(p, c->wanted, &c->wanted_len);
  PASS(p, c->head_max);
  PASS(p, c->method_max);
  PASS(p, c->target_max);
  PASS(p, c->fields_max);
  PASS(p, c->name_max);
  PASS(p, c->total_max);
  PASS(p, c->body_max);
  PASS(p, c->origin);
  PASS(p, c->transport);
  PASS(p, c->lean);
  PASS(p, c->cpu);
  PASS(p, c->subprotocol_server_order);
  PASS(p, c->subprotocol_required);
  PASS(p, c->client_order);
}

static void pass_host(pipe *p, compare_host *h) {
  PASS(p, h->decides);
  PASS(p, h->chooses_protocol);
  PASS(p, h->chooses_subprotocol);
  PASS(p, h->refuses);
  PASS(p, h->answer);
  PASS(p, h->answer_at_end);
  PASS(p, h->place);
  PASS(p, h->refusal);
  pass_bytes(p, &h->choice);
  pass_fields(p, h->fields, &h->fields_len);
  pass_bytes(p, &h->date);
  pass_bytes(p, &h->body);
  pass_bytes(p, &h->reason);
  pass_bytes(p, &h->extensions);
  PASS(p, h->keep);
  PASS(p, h->agrees);
  PASS(p, h->server_bits);
  PASS(p, h->client_bits);
  PASS(p, h->server_bits_least);
  PASS(p, h->no_server_takeover);
  PASS(p, h->no_client_takeover);
}

static void pass_ask(pipe *p, compare_ask *a) {
  pass_string(p, &a->scheme);
  pass_string(p, &a->authority);
  pass_string(p, &a->target);
  pass_string(p, &a->method);
  pass_string(p, &a->extensions);
  pass_string(p, &a->origin);
  pass_names(p, a->protocols, &a->protocols_len);
  pass_names(p, a->subprotocols, &a->subprotocols_len);
  pass_len(p, &a->deflates_len, COMPARE_NAMES);
  PASS(p, a->deflates);
  pass_fields(p, a->fields, &a->fields_len);
  pass_bytes(p, &a->settings);
  pass_bytes(p, &a->key);
}

static void pass_case(pipe *p, compare_case *it) {
  pass_string(p, &it->title);
  PASS(p, it->kind);
  pass_config(p, &it->config);
  pass_host(p, &it->host);
  pass_ask(p, &it->ask);
  pass_bytes(p, &it->stream);
  pass_bytes(p, &it->sent);
}

int corpus_write(FILE *file, const compare_case *it) {
  pipe p = {file, 1, 0};
  compare_case copy = *it;
  pass_case(&p, &copy);
  return !p.is_broken;
}

compare_case *corpus_read(const char *path, size_t *len) {
  compare_case *all = NULL;
  pipe p = {fopen(path, "rb"), 0, 0};
  *len = 0;
  if (p.file == NULL)
    return NULL;
  for (int c; (c = fgetc(p.file)) != EOF && !p.is_broken; (*len)++) {
    ungetc(c, p.file);
    if ((*len & (*len - 1)) == 0)
      all = realloc(all, (*len == 0 ? 1 : *len * 2) * sizeof *all);
    if (all == NULL)
      abort();
    memset(&all[*len], 0, sizeof *all);
    pass_case(&p, &all[*len]);
  }
  fclose(p.file);
  return p.is_broken ? NULL : all;
}
