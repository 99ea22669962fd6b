/*
 * What is traced: for every number on standard input, as many calls of getppid(); prints the processor time that one
 * took, in ns.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double cpu_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(void)
{
	long calls;

	while (scanf("%ld", &calls) == 1) {
		double from = cpu_ns();

		for (long i = 0; i < calls; i++)
			syscall(SYS_getppid);
		printf("%.3f\n", (cpu_ns() - from) / calls);
		fflush(stdout);
	}
	return 0;
}
