/*
 * A door into a network that this machine has no way into, such as an overlay of Swarm: listens on a port and passes every
 * connection on to the same port of one address. It runs in a container that is in both networks; whoever comes from
 * the network behind the door is sent away, so that nothing leads out through it.
 *
 * It listens only while the server behind it does: whoever knocks in vain is refused, as by the server itself, and knows
 * that nothing of what it wanted was done.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* With two descriptors each, less than a container may have open. */
#define MAX_PAIRS 480
#define PIPE_BYTES 16384
#define WAITING 128
/* While the server does not answer it is tried this often, and this long each time. */
#define TRY_EVERY_MS 100
#define TRY_WITHIN_MS 500

struct pipe {
  size_t from, to;
  int ended, closed;
  char bytes[PIPE_BYTES];
};

struct pair {
  int ends[2];
  int connecting;
  /* pipes[0] carries what ends[0] says to ends[1], pipes[1] the other way. */
  struct pipe pipes[2];
};

static struct sockaddr_in door_target;
static struct in_addr door_behind;
static unsigned short door_port;
static int door_listener = -1;

/* A connection to the server that only shows whether it listens; -1 when none is tried. */
static int trial = -1;
static long long trial_until, next_trial;

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void close_pair(struct pair **slot) {
  close((*slot)->ends[0]);
  close((*slot)->ends[1]);
  free(*slot);
  *slot = NULL;
}

/* Of the addresses of this container the one in the network behind the door. */
static int find_behind(void) {
  struct sockaddr_in own;
  socklen_t length = sizeof own;
  int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int failed = probe < 0 || connect(probe, (struct sockaddr *)&door_target, sizeof door_target) != 0 ||
               getsockname(probe, (struct sockaddr *)&own, &length) != 0;
  if (probe >= 0) close(probe);
  if (!failed) door_behind = own.sin_addr;
  return failed ? -1 : 0;
}

static int comes_from_behind(int client) {
  struct sockaddr_in own;
  socklen_t length = sizeof own;
  if (getsockname(client, (struct sockaddr *)&own, &length) != 0) return 1;
  return own.sin_addr.s_addr == door_behind.s_addr;
}

static struct pair *new_pair(int client) {
  int on = 1;
  struct pair *made = malloc(sizeof *made);
  int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made == NULL || server < 0 || comes_from_behind(client) ||
      (connect(server, (struct sockaddr *)&door_target, sizeof door_target) != 0 && errno != EINPROGRESS)) {
    if (server >= 0) close(server);
    close(client);
    free(made);
    return NULL;
  }
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  made->ends[0] = client;
  made->ends[1] = server;
  made->connecting = 1;
  for (int way = 0; way < 2; way++) {
    struct pipe *pipe = &made->pipes[way];
    pipe->from = pipe->to = 0;
    pipe->ended = pipe->closed = 0;
  }
  return made;
}

static void let_in(int listener, struct pair **pairs) {
  for (int slot = 0; slot < MAX_PAIRS; slot++) {
    if (pairs[slot] != NULL) continue;
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    pairs[slot] = new_pair(client);
  }
}

static short wanted(const struct pair *pair, int end) {
  const struct pipe *out = &pair->pipes[end], *in = &pair->pipes[1 - end];
  if (pair->connecting) return end == 1 ? POLLOUT : 0;
  short events = 0;
  if (out->from == out->to && !out->ended) events |= POLLIN;
  if (in->from != in->to) events |= POLLOUT;
  return events;
}

/* Moves what can be moved without waiting. Negative: the connection broke. */
static int move(struct pair *pair, int way) {
  struct pipe *pipe = &pair->pipes[way];
  if (pipe->from == pipe->to && !pipe->ended) {
    ssize_t got = read(pair->ends[way], pipe->bytes, PIPE_BYTES);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (got == 0) pipe->ended = 1;
    pipe->from = 0;
    pipe->to = got > 0 ? (size_t)got : 0;
  }
  if (pipe->from != pipe->to) {
    ssize_t put = write(pair->ends[1 - way], pipe->bytes + pipe->from, pipe->to - pipe->from);
    if (put < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (put > 0) pipe->from += (size_t)put;
  }
  if (pipe->ended && !pipe->closed && pipe->from == pipe->to) {
    shutdown(pair->ends[1 - way], SHUT_WR);
    pipe->closed = 1;
  }
  return 0;
}

/* Negative when the pair is to be closed. */
static int serve_pair(struct pair *pair, short first, short second) {
  if (pair->connecting) {
    int failure = 0;
    socklen_t length = sizeof failure;
    if ((first & (POLLERR | POLLHUP)) != 0) return -1;
    if (second == 0) return 0;
    if (getsockopt(pair->ends[1], SOL_SOCKET, SO_ERROR, &failure, &length) != 0 || failure != 0) return -1;
    pair->connecting = 0;
    return 0;
  }
  if (((first | second) & POLLERR) != 0) return -1;
  if (first == 0 && second == 0) return 0;
  if (move(pair, 0) < 0 || move(pair, 1) < 0) return -1;
  return pair->pipes[0].closed && pair->pipes[1].closed ? -1 : 0;
}

static int listen_on(unsigned short port) {
  int on = 1;
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) return -1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&own, sizeof own) != 0 || listen(listener, WAITING) != 0) return -1;
  return listener;
}

static void shut(void) {
  if (door_listener >= 0) close(door_listener);
  door_listener = -1;
}

static void end_trial(int answered) {
  close(trial);
  trial = -1;
  if (!answered) shut();
  else if (door_listener < 0) door_listener = listen_on(door_port);
  next_trial = door_listener < 0 ? now_ms() + TRY_EVERY_MS : 0;
}

static void begin_trial(void) {
  if (trial >= 0) return;
  trial = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  trial_until = now_ms() + TRY_WITHIN_MS;
  if (trial < 0) return;
  if (connect(trial, (struct sockaddr *)&door_target, sizeof door_target) == 0) end_trial(1);
  else if (errno != EINPROGRESS) end_trial(0);
}

static void see_trial(short events) {
  int failure = 0;
  socklen_t length = sizeof failure;
  if (trial < 0) return;
  if (events != 0) {
    int is_known = getsockopt(trial, SOL_SOCKET, SO_ERROR, &failure, &length) == 0;
    end_trial(is_known && failure == 0);
  } else if (now_ms() >= trial_until) end_trial(0);
}

static int waits_for_ms(void) {
  long long until = trial >= 0 ? trial_until : next_trial;
  if (until == 0) return -1;
  long long left = until - now_ms();
  return left < 0 ? 0 : (int)left;
}

/* Ends only when it is ended. */
static int keep_door(const char *port_text, const char *address) {
  static struct pair *pairs[MAX_PAIRS];
  static struct pollfd polled[2 + 2 * MAX_PAIRS];
  int port = atoi(port_text);
  door_target = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  if (port < 1 || port > 65535 || inet_pton(AF_INET, address, &door_target.sin_addr) != 1) {
    dprintf(2, "quayside-launcher: --door wants a port and an IPv4 address\n");
    return 64;
  }
  signal(SIGPIPE, SIG_IGN);
  door_port = (unsigned short)port;
  if (find_behind() < 0) {
    dprintf(2, "quayside-launcher: the door cannot be opened: %s\n", strerror(errno));
    return 1;
  }
  begin_trial();
  for (;;) {
    int is_full = 1;
    for (int slot = 0; slot < MAX_PAIRS; slot++) {
      struct pair *pair = pairs[slot];
      if (pair == NULL) is_full = 0;
      for (int end = 0; end < 2; end++) {
        short events = pair == NULL ? 0 : wanted(pair, end);
        /* One that is waited for in vain would report its hang-up again and again. */
        int is_asked = pair != NULL && (events != 0 || pair->connecting);
        polled[2 + 2 * slot + end] =
            (struct pollfd){.fd = is_asked ? pair->ends[end] : -1, .events = events};
      }
    }
    polled[0] = (struct pollfd){.fd = is_full ? -1 : door_listener, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = trial, .events = POLLOUT};
    if (poll(polled, 2 + 2 * MAX_PAIRS, waits_for_ms()) < 0) continue;
    for (int slot = 0; slot < MAX_PAIRS; slot++)
      if (pairs[slot] != NULL &&
          serve_pair(pairs[slot], polled[2 + 2 * slot].revents, polled[3 + 2 * slot].revents) < 0) {
        /* Whether it was the client or the server that ended it: the server may be gone. */
        close_pair(&pairs[slot]);
        begin_trial();
      }
    if (door_listener >= 0 && polled[0].revents != 0) let_in(door_listener, pairs);
    see_trial(polled[1].revents);
    if (trial < 0 && next_trial != 0 && now_ms() >= next_trial) begin_trial();
  }
}
