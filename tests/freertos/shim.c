/* SPDX-License-Identifier: MIT
 *
 * examples/freertos.c on POSIX: the functions of FreeRTOS and FreeRTOS-Plus-TCP
 * that it calls.  They are as strict as the originals, and less generous: recv
 * and send take a few bytes at a time, and the heap has room for HEAP_MOST
 * blocks.
 *
 * usage: upshake-freertos PORT     ends at SIGTERM, with 0 if nothing leaked
 */
#define _POSIX_C_SOURCE 200809L

#include <FreeRTOS.h>
#include <task.h>
#include <FreeRTOS_Sockets.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAP_MOST = 3, RECEIVED_MOST = 7, SENT_MOST = 9 };

void serve_upgrades(void *parameter);

struct xSOCKET {
  int fd, is_shut, has_ended;
  TickType_t patience[2]; /* by FREERTOS_SO_RCVTIMEO, FREERTOS_SO_SNDTIMEO */
};

static uint16_t port;
static atomic_int blocks;

static void demand(int holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "FreeRTOS: %s\n", what);
  abort();
}

/* ---- memory and tasks ---- */

void *pvPortMalloc(size_t size) {
  if (atomic_fetch_add(&blocks, 1) < HEAP_MOST)
    return malloc(size);
  atomic_fetch_sub(&blocks, 1);
  return NULL;
}

void vPortFree(void *memory) {
  if (memory != NULL)
    atomic_fetch_sub(&blocks, 1);
  free(memory);
}

struct task {
  TaskFunction_t run;
  void *parameter;
};

static void *run_task(void *memory) {
  struct task task = *(struct task *)memory;
  free(memory);
  task.run(task.parameter);
  demand(0, "a task returned");
  return NULL;
}

BaseType_t xTaskCreate(TaskFunction_t run, const char *name,
                       uint32_t stack_words, void *parameter,
                       UBaseType_t priority, TaskHandle_t *handle) {
  struct task *task = malloc(sizeof *task);
  pthread_t thread;
  demand(task != NULL && name != NULL && stack_words > 0, "no such task");
  (void)priority, (void)handle;
  *task = (struct task){run, parameter};
  if (pthread_create(&thread, NULL, run_task, task) != 0) {
    free(task);
    return pdFALSE;
  }
  pthread_detach(thread);
  return pdPASS;
}

void vTaskDelete(TaskHandle_t task) {
  demand(task == NULL, "a task deletes another");
  pthread_exit(NULL);
}

TickType_t xTaskGetTickCount(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (TickType_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* ---- sockets ---- */

static Socket_t make_socket(int fd) {
  Socket_t s = calloc(1, sizeof *s);
  demand(s != NULL && fd >= 0, "no socket");
  s->fd = fd;
  return s;
}

Socket_t FreeRTOS_socket(BaseType_t domain, BaseType_t type,
                         BaseType_t protocol) {
  demand(domain == FREERTOS_AF_INET && type == FREERTOS_SOCK_STREAM &&
             protocol == FREERTOS_IPPROTO_TCP,
         "no TCP");
  return make_socket(socket(AF_INET, SOCK_STREAM, 0));
}

BaseType_t FreeRTOS_setsockopt(Socket_t s, int32_t level, int32_t name,
                               const void *value, size_t len) {
  demand(level == 0 && len == sizeof(TickType_t) &&
             (name == FREERTOS_SO_RCVTIMEO || name == FREERTOS_SO_SNDTIMEO),
         "no such option");
  memcpy(&s->patience[name], value, len);
  return 0;
}

/* The port is the test's, not the program's. */
BaseType_t FreeRTOS_bind(Socket_t s, const struct freertos_sockaddr *at,
                         uint32_t len) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  int on = 1;
  demand(at->sin_family == FREERTOS_AF_INET && at->sin_port == htons(8100) &&
             len == sizeof *at,
         "bind to another address");
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return bind(s->fd, (struct sockaddr *)&to, sizeof to) == 0
             ? 0
             : -pdFREERTOS_ERRNO_EADDRINUSE;
}

BaseType_t FreeRTOS_listen(Socket_t s, BaseType_t most) {
  struct sockaddr_in at;
  socklen_t len = sizeof at;
  if (listen(s->fd, (int)most) != 0 ||
      getsockname(s->fd, (struct sockaddr *)&at, &len) != 0)
    return -pdFREERTOS_ERRNO_EINVAL;
  printf("listening on http://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
  return 0;
}

/* Returns 1 if it is ready before the patience is over. */
static int is_ready(Socket_t s, short events, TickType_t patience) {
  struct pollfd at = {s->fd, events, 0};
  return poll(&at, 1, patience == portMAX_DELAY ? -1 : (int)patience) == 1;
}

/* A child has the times of its parent. */
Socket_t FreeRTOS_accept(Socket_t s, struct freertos_sockaddr *from,
                         uint32_t *len) {
  demand(from == NULL && len == NULL, "nobody needs the address here");
  if (!is_ready(s, POLLIN, s->patience[FREERTOS_SO_RCVTIMEO]))
    return NULL;
  Socket_t child = make_socket(accept(s->fd, NULL, NULL));
  memcpy(child->patience, s->patience, sizeof s->patience);
  return child;
}

BaseType_t FreeRTOS_recv(Socket_t s, void *out, size_t cap, BaseType_t flags) {
  demand(cap > 0 && flags == 0, "recv without room");
  if (s->has_ended)
    return -pdFREERTOS_ERRNO_ENOTCONN;
  if (!is_ready(s, POLLIN, s->patience[FREERTOS_SO_RCVTIMEO]))
    return 0;
  ssize_t n = recv(s->fd, out, cap < RECEIVED_MOST ? cap : RECEIVED_MOST, 0);
  if (n > 0)
    return (BaseType_t)n;
  s->has_ended = 1;
  return -pdFREERTOS_ERRNO_ENOTCONN;
}

/* The original has no half of a connection: when the peer has ended, and the
 * program has seen it, nothing can be sent. */
BaseType_t FreeRTOS_send(Socket_t s, const void *bytes, size_t len,
                         BaseType_t flags) {
  demand(len > 0 && flags == 0, "send of nothing");
  if (s->has_ended || s->is_shut)
    return -pdFREERTOS_ERRNO_ENOTCONN;
  if (!is_ready(s, POLLOUT, s->patience[FREERTOS_SO_SNDTIMEO]))
    return -pdFREERTOS_ERRNO_ENOSPC;
  ssize_t n = send(s->fd, bytes, len < SENT_MOST ? len : SENT_MOST,
                   MSG_NOSIGNAL | MSG_DONTWAIT);
  return n >= 0 ? (BaseType_t)n : -pdFREERTOS_ERRNO_ENOTCONN;
}

BaseType_t FreeRTOS_shutdown(Socket_t s, BaseType_t how) {
  demand(how == FREERTOS_SHUT_RDWR, "the original has no other way");
  s->is_shut = 1;
  return shutdown(s->fd, SHUT_WR) == 0 ? 0 : -pdFREERTOS_ERRNO_ENOTCONN;
}

BaseType_t FreeRTOS_closesocket(Socket_t s) {
  close(s->fd);
  free(s);
  return 1;
}

/* ---- the device ---- */

int main(int argc, char **argv) {
  sigset_t end;
  int got;
  port = (uint16_t)(argc == 2 ? atoi(argv[1]) : 8100);
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, NULL);
  xTaskCreate(serve_upgrades, "upgrades", 512, NULL, 1, NULL);
  sigwait(&end, &got);
  return atomic_load(&blocks);
}
