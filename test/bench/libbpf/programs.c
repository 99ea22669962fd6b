/*
 * Without an argument: prints the highest id of a BPF program. With such an id: ends when Linux has let go of all
 * programs that were loaded since, which is when the last link of each is detached; links lose their ids before that.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	__u32 id = 0;

	if (argc > 1) {
		while (bpf_prog_get_next_id(atoi(argv[1]), &id) == 0)
			usleep(1000);
		return 0;
	}
	while (bpf_prog_get_next_id(id, &id) == 0)
		;
	printf("%u\n", id);
	return 0;
}
