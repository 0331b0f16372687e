/* What Linux has and Swift's Glibc module does not export: epoll, eventfd, accept4. */
#ifndef JIEDUI_CLINUX_H
#define JIEDUI_CLINUX_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>

/* glibc declares accept4 only with _GNU_SOURCE, which an importer may not have set. */
extern int accept4(int, struct sockaddr *, socklen_t *, int);

static inline int jiedui_accept4(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, 02000000 | 04000); /* SOCK_CLOEXEC | SOCK_NONBLOCK */
}
#endif
