/* SPDX-License-Identifier: MIT
 *
 * A stand-in for FreeRTOS-Plus-TCP's header of this name: what
 * examples/freertos.c needs of it, with the types and values of the original.
 */
#ifndef FREERTOS_SOCKETS_H
#define FREERTOS_SOCKETS_H

#include <FreeRTOS_IP.h>

#define FREERTOS_AF_INET 2
#define FREERTOS_SOCK_STREAM 1
#define FREERTOS_IPPROTO_TCP 6
#define FREERTOS_SO_RCVTIMEO 0
#define FREERTOS_SO_SNDTIMEO 1
#define FREERTOS_SHUT_RDWR 2
#define FREERTOS_INVALID_SOCKET ((Socket_t)~0U)

/* Functions return them negated. */
#define pdFREERTOS_ERRNO_EINVAL 22
#define pdFREERTOS_ERRNO_ENOSPC 28
#define pdFREERTOS_ERRNO_EADDRINUSE 112
#define pdFREERTOS_ERRNO_ENOTCONN 128

struct xSOCKET;
typedef struct xSOCKET *Socket_t;

struct freertos_sockaddr {
  uint8_t sin_len, sin_family;
  uint16_t sin_port;
  uint32_t sin_flowinfo, sin_address;
};

Socket_t FreeRTOS_socket(BaseType_t domain, BaseType_t type,
                         BaseType_t protocol);
BaseType_t FreeRTOS_setsockopt(Socket_t s, int32_t level, int32_t name,
                               const void *value, size_t len);
BaseType_t FreeRTOS_bind(Socket_t s, const struct freertos_sockaddr *at,
                         uint32_t len);
BaseType_t FreeRTOS_listen(Socket_t s, BaseType_t most);

/* Returns NULL if nobody came in time. */
Socket_t FreeRTOS_accept(Socket_t s, struct freertos_sockaddr *from,
                         uint32_t *len);

/* Returns 0 if nothing came in time. */
BaseType_t FreeRTOS_recv(Socket_t s, void *out, size_t cap, BaseType_t flags);

/* May send less. */
BaseType_t FreeRTOS_send(Socket_t s, const void *bytes, size_t len,
                         BaseType_t flags);
BaseType_t FreeRTOS_shutdown(Socket_t s, BaseType_t how);
BaseType_t FreeRTOS_closesocket(Socket_t s);

#endif
