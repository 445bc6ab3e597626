/*
 * Kills a process at the n-th system call that changes something under a folder: build it as a
 * shared library and preload it (LD_PRELOAD).
 *
 *   CRASH_DIR  the folder, absolute, without links
 *   CRASH_AT   n, from 1; 0 or absent: never
 *   CRASH_LOG  file for a line "n call path" before each call; of a file descriptor its path
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folder;
static int crash_at, log_file = -1;
static atomic_int steps, written = -1;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("CRASH_AT"), *log = getenv("CRASH_LOG");
  folder = getenv("CRASH_DIR");
  crash_at = at == NULL ? 0 : atoi(at);
  if (log != NULL) {
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    log_file = next(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  }
}

static void step(const char *call, const char *path) {
  size_t length = folder == NULL ? 0 : strlen(folder);
  if (length == 0 || path == NULL || strncmp(path, folder, length) != 0) return;
  if (path[length] != '\0' && path[length] != '/') return;
  int n = atomic_fetch_add(&steps, 1) + 1;
  if (log_file >= 0) dprintf(log_file, "%d %s %s\n", n, call, path);
  if (n != crash_at) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void step_of_file(const char *call, int file) {
  if (folder == NULL || file < 0 || file == log_file) return;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = '\0';
  step(call, path);
}

#define NEXT(type, name, parameters) type(*next) parameters = dlsym(RTLD_NEXT, #name)

/* Calls that name a path come with absolute ones, as everything under test does. */
#define WITH_PATH(name, parameters, path, arguments) \
  int name parameters {                              \
    NEXT(int, name, parameters);                     \
    step(#name, path);                               \
    return next arguments;                           \
  }
#define WITH_FILE(name, parameters, arguments) \
  int name parameters {                        \
    NEXT(int, name, parameters);               \
    step_of_file(#name, file);                 \
    return next arguments;                     \
  }
/* Of writes to one file only the first counts: nobody reads a file before it is whole. */
#define WRITING(name, parameters, arguments)                           \
  ssize_t name parameters {                                            \
    NEXT(ssize_t, name, parameters);                                   \
    if (atomic_exchange(&written, file) != file) step_of_file(#name, file); \
    return next arguments;                                             \
  }
#define OPENING(name)                                       \
  int name(const char *path, int flags, ...) {              \
    mode_t mode = 0;                                        \
    if (flags & (O_CREAT | __O_TMPFILE)) {                  \
      va_list rest;                                         \
      va_start(rest, flags);                                \
      mode = va_arg(rest, mode_t);                          \
      va_end(rest);                                         \
    }                                                       \
    NEXT(int, name, (const char *, int, ...));              \
    if ((flags & O_ACCMODE) != O_RDONLY) {                  \
      written = -1;                                         \
      step(#name, path);                                    \
    }                                                       \
    return next(path, flags, mode);                         \
  }

OPENING(open)
OPENING(open64)
WITH_PATH(mkdir, (const char *path, mode_t mode), path, (path, mode))
WITH_PATH(rmdir, (const char *path), path, (path))
WITH_PATH(unlink, (const char *path), path, (path))
WITH_PATH(rename, (const char *from, const char *to), to, (from, to))
WITH_PATH(link, (const char *from, const char *to), to, (from, to))
WITH_PATH(linkat, (int a, const char *from, int b, const char *to, int flags), to,
          (a, from, b, to, flags))
WITH_PATH(renameat, (int a, const char *from, int b, const char *to), to, (a, from, b, to))
WITH_PATH(renameat2, (int a, const char *from, int b, const char *to, unsigned flags), to,
          (a, from, b, to, flags))
WITH_FILE(fsync, (int file), (file))
WITH_FILE(fdatasync, (int file), (file))
WITH_FILE(ftruncate, (int file, off_t length), (file, length))
WRITING(write, (int file, const void *bytes, size_t n), (file, bytes, n))
WRITING(pwrite, (int file, const void *bytes, size_t n, off_t at), (file, bytes, n, at))
WRITING(pwrite64, (int file, const void *bytes, size_t n, off64_t at),
          (file, bytes, n, at))
WRITING(writev, (int file, const struct iovec *parts, int n), (file, parts, n))

/* Rust removes folders relative to an open one. */
int unlinkat(int file, const char *path, int flags) {
  NEXT(int, unlinkat, (int, const char *, int));
  if (path[0] == '/') step("unlinkat", path);
  else step_of_file("unlinkat", file);
  return next(file, path, flags);
}
