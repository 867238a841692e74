/* Load for run.py, with as little of its own as possible: raw system calls, times read from the monotonic clock.
 *
 *   load getpid COUNT            nanoseconds a call
 *   load exec COUNT              nanoseconds for a program started and waited for
 *   load numbered SECONDS RATE   names numbered from 0 are unlinked (none exists): RATE a second; prints how many
 *   load processes COUNT         processes that end at once; prints how many
 *   load sleepers COUNT          processes that sleep until standard input ends
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void getpid_loop(uint64_t count) {
	uint64_t begin = now();
	for (uint64_t i = 0; i < count; i++)
		syscall(SYS_getpid);
	printf("%.2f\n", (double)(now() - begin) / (double)count);
}

static void exec_storm(uint64_t count) {
	char *const words[] = {"true", NULL}, *const none[] = {NULL};
	uint64_t begin = now();
	for (uint64_t i = 0; i < count; i++) {
		pid_t child = vfork();
		if (child == 0) {
			execve("/bin/true", words, none);
			_exit(127);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			exit(3);
	}
	printf("%.1f\n", (double)(now() - begin) / (double)count);
}

/* Paced in steps of a millisecond, so that a burst is never larger than what a millisecond is owed. */
static void numbered(uint64_t seconds, uint64_t rate) {
	char name[64];
	uint64_t begin = now(), end = begin + seconds * 1000000000u, done = 0;
	for (;;) {
		uint64_t time = now();
		if (time >= end)
			break;
		uint64_t owed = (time - begin) / 1000 * rate / 1000000;
		for (; done < owed; done++) {
			snprintf(name, sizeof(name), "/nonexistent-yagura/%llu", (unsigned long long)done);
			syscall(SYS_unlinkat, AT_FDCWD, name, 0);
		}
		if (now() - time < 1000000) {
			struct timespec pause = {0, 200000};
			nanosleep(&pause, NULL);
		}
	}
	printf("%llu %.3f\n", (unsigned long long)done, (double)(now() - begin) / 1e9);
}

static void processes(uint64_t count) {
	uint64_t begin = now();
	for (uint64_t i = 0; i < count; i++) {
		pid_t child = vfork();
		if (child == 0)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			exit(3);
	}
	printf("%llu %.3f\n", (unsigned long long)count, (double)(now() - begin) / 1e9);
}

static void sleepers(uint64_t count) {
	pid_t *children = calloc(count, sizeof(pid_t));
	for (uint64_t i = 0; i < count; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			close(0);
			for (;;)
				pause();
		}
	}
	puts("ready");
	fflush(stdout);
	char byte;
	while (read(0, &byte, 1) > 0)
		;
	for (uint64_t i = 0; i < count; i++)
		if (children[i] > 0)
			kill(children[i], 9);
}

int main(int count, char **words) {
	uint64_t one = count > 2 ? strtoull(words[2], NULL, 10) : 0;
	if (count == 3 && !strcmp(words[1], "getpid"))
		getpid_loop(one);
	else if (count == 3 && !strcmp(words[1], "exec"))
		exec_storm(one);
	else if (count == 4 && !strcmp(words[1], "numbered"))
		numbered(one, strtoull(words[3], NULL, 10));
	else if (count == 3 && !strcmp(words[1], "processes"))
		processes(one);
	else if (count == 3 && !strcmp(words[1], "sleepers"))
		sleepers(one);
	else
		return 2;
	return 0;
}
