/* SPDX-License-Identifier: MIT
 *
 * A stand-in for FreeRTOS-Plus-TCP's header of this name.
 */
#ifndef FREERTOS_IP_H
#define FREERTOS_IP_H

#include <FreeRTOS.h>

#define FreeRTOS_htons(port) ((uint16_t)((port) << 8 | (port) >> 8))

#endif
