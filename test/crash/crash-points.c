/*
 * Kills a process at the n-th system call that changes something under a folder, or makes the disk
 * of that folder look full: build it as a shared library and preload it (LD_PRELOAD).
 *
 *   CRASH_DIR  the folder, absolute, without links
 *   CRASH_AT   n, from 1; 0 or absent: never
 *   CRASH_LOG  file for a line "n call path" before each call; of a file descriptor its path
 *   CRASH_FULL bytes that can be written; then writing fails with ENOSPC. Absent: any number
 *   CRASH_SIZE file for the number of bytes that were written, at the end
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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
static atomic_long room = LONG_MAX, size;
static const char *size_file;

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("CRASH_AT"), *log = getenv("CRASH_LOG");
  const char *full = getenv("CRASH_FULL");
  folder = getenv("CRASH_DIR");
  size_file = getenv("CRASH_SIZE");
  if (full != NULL) room = atol(full);
  crash_at = at == NULL ? 0 : atoi(at);
  if (log != NULL) {
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    log_file = next(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  }
}

__attribute__((destructor)) static void end(void) {
  FILE *file = size_file == NULL ? NULL : fopen(size_file, "w");
  if (file == NULL) return;
  fprintf(file, "%ld\n", size);
  fclose(file);
}

static int is_within(const char *path) {
  size_t length = folder == NULL ? 0 : strlen(folder);
  if (length == 0 || path == NULL || strncmp(path, folder, length) != 0) return 0;
  return path[length] == '\0' || path[length] == '/';
}

static void step(const char *call, const char *path) {
  if (!is_within(path)) return;
  int n = atomic_fetch_add(&steps, 1) + 1;
  if (log_file >= 0) dprintf(log_file, "%d %s %s\n", n, call, path);
  if (n != crash_at) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Whether the file has a path, which it writes. */
static int path_of(int file, char *path, size_t most) {
  if (folder == NULL || file < 0 || file == log_file) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, most - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return 1;
}

static void step_of_file(const char *call, int file) {
  char path[4096];
  if (path_of(file, path, sizeof path)) step(call, path);
}

/* How many of n bytes the disk still takes; 0: it is full. */
static size_t taken(int file, size_t n) {
  char path[4096];
  if (n == 0 || !path_of(file, path, sizeof path) || !is_within(path)) return n;
  long left = atomic_fetch_sub(&room, (long)n);
  size_t taken = left >= (long)n ? n : left > 0 ? (size_t)left : 0;
  atomic_fetch_add(&size, (long)taken);
  return taken;
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
#define WRITING(name, parameters, arguments)                                \
  ssize_t name parameters {                                                 \
    NEXT(ssize_t, name, parameters);                                        \
    if (atomic_exchange(&written, file) != file) step_of_file(#name, file); \
    size_t asked = n;                                                       \
    n = taken(file, n);                                                     \
    if (n == 0 && asked > 0) {                                              \
      errno = ENOSPC;                                                       \
      return -1;                                                            \
    }                                                                       \
    return next arguments;                                                  \
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

ssize_t writev(int file, const struct iovec *parts, int n) {
  NEXT(ssize_t, writev, (int, const struct iovec *, int));
  if (atomic_exchange(&written, file) != file) step_of_file("writev", file);
  size_t bytes = 0;
  for (int i = 0; i < n; i++) bytes += parts[i].iov_len;
  if (taken(file, bytes) == bytes) return next(file, parts, n);
  errno = ENOSPC;
  return -1;
}

/* Rust removes folders relative to an open one. */
int unlinkat(int file, const char *path, int flags) {
  NEXT(int, unlinkat, (int, const char *, int));
  if (path[0] == '/') step("unlinkat", path);
  else step_of_file("unlinkat", file);
  return next(file, path, flags);
}
