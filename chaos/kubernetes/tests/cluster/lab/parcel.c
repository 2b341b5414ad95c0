/* A foreign program: it knows nothing of brunt, and its image holds no shell. Tests build it as one
 * static file, and pods get it from a ConfigMap, so that no image has to be built or pulled. A
 * static Rust program is larger than a ConfigMap may be.
 *
 * Its first argument is what it does: `serve` (HTTP/1.1), `tcp` (a protocol of its own, as caches
 * have: PING is answered by PONG), `sleep` until SIGTERM, or `end` at once. More is in its
 * environment:
 *   PORT         where it listens, 8080 unless given
 *   NEXT         whom it calls for /call and /ping: HOST:PORT
 *   POLL         it keeps one connection to NEXT, and calls over that alone
 *   START_DELAY  milliseconds until it listens
 *   DRAIN        milliseconds from SIGTERM to its end
 * Further paths: /env/NAME replies with that variable, any other with `ok`.
 */
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE = 4096, POLL_EVERY = 500000 };

static volatile sig_atomic_t terminated;
static pthread_mutex_t keeping = PTHREAD_MUTEX_INITIALIZER;
static FILE *kept;

static void terminate(int number) {
  (void)number;
  terminated = 1;
}

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

/* A connection to NEXT, with a deadline for each reply. */
static FILE *dial(void) {
  char host[256];
  const char *next = getenv("NEXT"), *colon = next ? strrchr(next, ':') : NULL;
  struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
  if (!colon) return NULL;
  snprintf(host, sizeof host, "%.*s", (int)(colon - next), next);
  if (getaddrinfo(host, colon + 1, &wanted, &found)) return NULL;
  int to = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval deadline = {.tv_sec = 2};
  setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
  int failed = connect(to, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (failed) {
    close(to);
    return NULL;
  }
  return fdopen(to, "r+");
}

/* Reads a head and its body. Returns whether all of it came. */
static int skip(FILE *from) {
  char line[LINE];
  long length = 0;
  for (;;) {
    if (!fgets(line, sizeof line, from)) return 0;
    if (line[0] == '\r' || line[0] == '\n') break;
    if (!strncasecmp(line, "content-length:", 15)) length = atol(line + 15);
  }
  while (length-- > 0)
    if (fgetc(from) == EOF) return 0;
  return 1;
}

/* One request on a connection. Returns the status, or 0. */
static int call(FILE *to) {
  char line[LINE];
  int status = 0;
  fseek(to, 0, SEEK_CUR);
  fputs("GET / HTTP/1.1\r\nhost: next\r\n\r\n", to);
  fflush(to);
  if (!fgets(line, sizeof line, to) || sscanf(line, "HTTP/1.%*d %d", &status) != 1) return 0;
  return skip(to) ? status : 0;
}

static int kept_call(void) {
  pthread_mutex_lock(&keeping);
  if (!kept) kept = dial();
  int status = kept ? call(kept) : 0;
  if (kept && !status) {
    fclose(kept);
    kept = NULL;
  }
  pthread_mutex_unlock(&keeping);
  return status;
}

static int new_call(int (*how)(FILE *)) {
  FILE *to = dial();
  int status = to ? how(to) : 0;
  if (to) fclose(to);
  return status;
}

static int ping(FILE *to) {
  char line[LINE];
  fputs("PING\n", to);
  fflush(to);
  return fgets(line, sizeof line, to) && !strncmp(line, "PONG", 4) ? 200 : 0;
}

static void *poll_next(void *unused) {
  for (;;) {
    kept_call();
    usleep(POLL_EVERY);
  }
  return unused;
}

static void *serve(void *connection) {
  FILE *with = connection;
  char line[LINE], path[LINE];
  while (fgets(line, sizeof line, with) && sscanf(line, "%*s %4000s", path) == 1 && skip(with)) {
    const char *body = "ok";
    int status = 200;
    if (!strcmp(path, "/call")) status = getenv("POLL") ? kept_call() : new_call(call);
    if (!strcmp(path, "/ping")) status = new_call(ping);
    if (!strncmp(path, "/env/", 5)) body = getenv(path + 5) ? getenv(path + 5) : "";
    fseek(with, 0, SEEK_CUR);
    fprintf(with, "HTTP/1.1 %d x\r\ncontent-length: %zu\r\n\r\n%s", status ? status : 502,
            strlen(body), body);
    fflush(with);
  }
  fclose(with);
  return NULL;
}

static void *answer_pings(void *connection) {
  FILE *with = connection;
  char line[LINE];
  while (fgets(line, sizeof line, with)) {
    fseek(with, 0, SEEK_CUR);
    if (!strncmp(line, "PING", 4)) fputs("PONG\n", with);
    fflush(with);
  }
  fclose(with);
  return NULL;
}

static void start(void *(*what)(void *), void *with) {
  pthread_t thread;
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&detached, 128 * 1024);
  if (pthread_create(&thread, &detached, what, with) && with) fclose(with);
}

static void *listen_at_port(void *each) {
  struct addrinfo wanted = {.ai_flags = AI_PASSIVE, .ai_family = AF_INET}, *all;
  const char *port = getenv("PORT") ? getenv("PORT") : "8080";
  int yes = 1, at = socket(AF_INET, SOCK_STREAM, 0);
  wanted.ai_socktype = SOCK_STREAM;
  usleep((useconds_t)number("START_DELAY", 0) * 1000);
  setsockopt(at, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (getaddrinfo(NULL, port, &wanted, &all) || bind(at, all->ai_addr, all->ai_addrlen) ||
      listen(at, 256)) {
    perror(port);
    exit(1);
  }
  for (;;) {
    int with = accept(at, NULL, NULL);
    if (with >= 0) start(*(void *(**)(void *))each, fdopen(with, "r+"));
  }
}

int main(int count, char **words) {
  const char *role = count > 1 ? words[1] : "end";
  static void *(*each)(void *) = serve;
  /* The first process of a container has no default action for a signal. */
  signal(SIGTERM, terminate);
  signal(SIGPIPE, SIG_IGN);
  if (!strcmp(role, "end")) return 0;
  if (!strcmp(role, "tcp")) each = answer_pings;
  if (strcmp(role, "sleep")) start(listen_at_port, &each);
  if (getenv("POLL")) start(poll_next, NULL);
  while (!terminated) usleep(20000);
  usleep((useconds_t)number("DRAIN", 0) * 1000);
  _exit(0); /* `exit` would wait for threads that read */
}
