/* SPDX-License-Identifier: MIT
 *
 * The rows of the result.
 */
#include "bench.h"

/* What an IPv4 host must take in one piece, less 40 bytes of headers. */
#define SEGMENT 536

const bench_row rows[] = {
    {"parse-1024", JOB_PARSE, "1024", 0},
    {"parse-1024-segments", JOB_PARSE, "1024", SEGMENT},
    {"parse-1024-octets", JOB_PARSE, "1024", 1},
    {"parse-rfc6455", JOB_PARSE, "rfc6455", 0},
    {"parse-browser", JOB_PARSE, "browser", 0},
    {"parse-browser-octets", JOB_PARSE, "browser", 1},
    {"parse-fat", JOB_PARSE, "fat", 0},
    {"parse-fat-segments", JOB_PARSE, "fat", SEGMENT},
    {"parse-fat-octets", JOB_PARSE, "fat", 1},
    {"parse-tiny60", JOB_PARSE, "tiny60", 0},
    {"fields-1024", JOB_FIELDS, "1024", 0},
    {"fields-1024-segments", JOB_FIELDS, "1024", SEGMENT},
    {"fields-browser", JOB_FIELDS, "browser", 0},
    {"fields-tiny60", JOB_FIELDS, "tiny60", 0},
    {"judge-1024", JOB_JUDGE, "1024", 0},
    {"judge-1024-segments", JOB_JUDGE, "1024", SEGMENT},
    {"judge-browser", JOB_JUDGE, "browser", 0},
    {"judge-fat", JOB_JUDGE, "fat", 0},
    {"judge-tiny60", JOB_JUDGE, "tiny60", 0},
    {"full-1024", JOB_FULL, "1024", 0},
    {"full-1024-segments", JOB_FULL, "1024", SEGMENT},
    {"full-1024-octets", JOB_FULL, "1024", 1},
    {"full-rfc6455", JOB_FULL, "rfc6455", 0},
    {"full-browser", JOB_FULL, "browser", 0},
    {"full-browser-segments", JOB_FULL, "browser", SEGMENT},
    {"full-browser-octets", JOB_FULL, "browser", 1},
    {"full-fat", JOB_FULL, "fat", 0},
    {"full-tiny60", JOB_FULL, "tiny60", 0},
    {"room-1024", JOB_ROOM, "1024", 0},
    {"room-browser", JOB_ROOM, "browser", 0},
    {"plain-200", JOB_PLAIN, "plain", 0},
    {"response-256", JOB_RESPONSE, "responses", 0},
    {"response-256-segments", JOB_RESPONSE, "responses", SEGMENT},
    {"chunked-16", JOB_CHUNKED, "chunks-of-16", 0},
    {"chunked-1024", JOB_CHUNKED, "chunks-of-1024", 0},
    {"chunked-1024-segments", JOB_CHUNKED, "chunks-of-1024", SEGMENT},
    {"accept", ROW_ACCEPT, "1024", 0},
    {"accept-latency", ROW_ACCEPT_LATENCY, "1024", 0},
    {0},
};
