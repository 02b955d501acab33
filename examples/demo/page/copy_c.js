// SPDX-License-Identifier: MIT
//
// The scene as a program in C: the config of a server and a call of
// upshake_feed, or a client and its policy.

const ROWS = {
  websocket: "UPSHAKE_WEBSOCKET",
  echo: '{.name = "echo"}',
  h2c: "UPSHAKE_H2C",
  tcp: '{.name = "tcp", .methods = "POST", .body = UPSHAKE_BODY_READ}',
};

const begin = (program) => `// cc -Iinclude ${program}.c src/*/*.c
#include <stdio.h>
#include <upshake.h>

`;

const array = (name, bytes) => `static const char ${name}[] =
${stringOfC(bytes, "    ")};
`;

function serverOptions(args) {
  const names = args.filter((_, i) => args[i - 1] === "--subprotocol");
  const list = names.length === 0 ? ""
    : `static const char *const subprotocols[] = {${names.map((name) =>
      stringOfC(bytesOfText(name), "")).join(", ")}};\n`;
  const members = names.length === 0 ? ""
    : `,
    .subprotocols = subprotocols, .subprotocols_len = ${names.length}`;
  return { list, members };
}

function serverInC(tab, request, args) {
  const { list, members } = serverOptions(args);
  return begin("server") + array("request", request) + `
static const upshake_protocol protocols[] = {
    ${ROWS[tab]}};
${list}static const upshake_config config = {
    .protocols = protocols, .protocols_len = 1${members}};

int main(void) {
  char head[8192], reply[UPSHAKE_REPLY_CAP];
  size_t used = 0, len = 0;
  upshake hs;
  if (upshake_init(&hs, &config, head, sizeof head, NULL) != UPSHAKE_OK)
    return 1; /* the config is wrong */
  upshake_feed(&hs, request, sizeof request - 1, &used);
  upshake_result result = upshake_get_result(&hs);
  printf("%d %s\\n", result.status, upshake_strerror(result.error));
  if (upshake_reply(&hs, reply, sizeof reply, &len) == UPSHAKE_OK)
    fwrite(reply, 1, len, stdout);
  return 0;
}
`;
}

function clientInC(request, response, args) {
  const isRequired = args.includes("--subprotocol-required");
  const policy = isRequired ? `
static const upshake_client_policy policy = {.subprotocol_required = 1};
` : "";
  return begin("client") + array("request", request) +
    array("response", response) + policy + `
int main(void) {
  char memory[8192];
  size_t used = 0;
  upshake_client client;
  upshake_slice asked = {request, sizeof request - 1};
  upshake_client_init(&client, ${isRequired ? "&policy" : "NULL"}, asked,
                      memory, sizeof memory);
  upshake_client_feed(&client, response, sizeof response - 1, &used);
  upshake_client_result result = upshake_client_get_result(&client);
  printf("%d %s\\n", result.status, upshake_strerror(result.error));
  return 0;
}
`;
}
