/* Launches /bin/true as often as the argument says, from two threads, each output to a file. */
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

static atomic_int next;
static int jobs;

static void *run(void *unused) {
  (void)unused;
  char *arguments[] = {"/bin/true", NULL};
  for (int i = next++; i < jobs; i = next++) {
    char name[32];
    snprintf(name, sizeof name, "%d.out", i);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t pid;
    int status;
    if (posix_spawn(&pid, arguments[0], &actions, NULL, arguments, environ) != 0
        || waitpid(pid, &status, 0) != pid || status != 0) {
      fprintf(stderr, "job %d failed\n", i);
      exit(1);
    }
    posix_spawn_file_actions_destroy(&actions);
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    return 2;
  }
  jobs = atoi(argv[1]);
  pthread_t other;
  if (pthread_create(&other, NULL, run, NULL) != 0) {
    return 1;
  }
  run(NULL);
  pthread_join(other, NULL);
  return 0;
}
