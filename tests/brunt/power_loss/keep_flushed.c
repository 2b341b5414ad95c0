// A disk that loses all that was not flushed: loaded before libc (LD_PRELOAD), this copies each file
// that the process flushes into the folder KEEP_FLUSHED_IN, as it is when the flush begins. A flush
// of a folder takes from there what the folder does not have any more.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void forget(const char *kept_in, const char *folder) {
  char name[8192];
  DIR *kept = opendir(kept_in);
  if (!kept) abort();
  for (struct dirent *one; (one = readdir(kept));) {
    snprintf(name, sizeof name, "%s/%s", folder, one->d_name);
    if (access(name, F_OK) == 0) continue;
    snprintf(name, sizeof name, "%s/%s", kept_in, one->d_name);
    unlink(name);
  }
  closedir(kept);
}

static void copy(const char *path, const char *kept_in) {
  char name[8192], part[8300], bytes[65536];
  snprintf(name, sizeof name, "%s/%s", kept_in, strrchr(path, '/') + 1);
  snprintf(part, sizeof part, "%s.%d.part", name, gettid());
  int from = open(path, O_RDONLY), to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (from < 0 || to < 0) abort();
  ssize_t length;
  while ((length = read(from, bytes, sizeof bytes)) > 0)
    if (write(to, bytes, length) != length) abort();
  close(from);
  close(to);
  // In one step, so that a kill leaves no half of it.
  if (rename(part, name) != 0) abort();
}

static void keep(int file) {
  const char *kept_in = getenv("KEEP_FLUSHED_IN");
  char link[64], path[4096];
  struct stat what;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (!kept_in || length < 0 || fstat(file, &what) != 0) return;
  path[length] = 0;
  if (S_ISDIR(what.st_mode)) forget(kept_in, path);
  else copy(path, kept_in);
}

int fsync(int file) {
  keep(file);
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
  keep(file);
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
