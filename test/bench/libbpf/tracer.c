/*
 * The usual user half of a libbpf program: OBJECT TARGET_PID. Loads and attaches, prints the records of the ring
 * buffer as they come, and ends on SIGINT with what was lost.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event {
	__u32 pid;
	__u32 cpu;
	char comm[16];
};

static volatile sig_atomic_t exiting;

static void on_signal(int signal)
{
	exiting = 1;
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *event = data;

	printf("%d %s %d\n", event->pid, event->comm, event->cpu);
	return 0;
}

static void *section(struct bpf_object *object, const char *suffix, size_t *size)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		const char *name = strrchr(bpf_map__name(map), '.');

		if (name && strcmp(name, suffix) == 0)
			return bpf_map__initial_value(map, size);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct ring_buffer *ring = NULL;
	struct bpf_program *program;
	struct bpf_object *object;
	struct bpf_link *link;
	struct bpf_map *map;
	size_t size;
	int *target;
	__u64 *lost;

	if (argc != 3)
		return 2;
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		return 1;
	target = section(object, ".rodata", &size);
	if (!target)
		return 1;
	*target = atoi(argv[2]);
	if (bpf_object__load(object))
		return 1;
	link = NULL;
	bpf_object__for_each_program(program, object) {
		link = bpf_program__attach(program);
		if (!link)
			return 1;
	}
	map = bpf_object__find_map_by_name(object, "events");
	if (map)
		ring = ring_buffer__new(bpf_map__fd(map), on_event, NULL, NULL);
	signal(SIGINT, on_signal);
	puts("__BPFTRACE_NOTIFY_PROBES_ATTACHED");
	fflush(stdout);
	while (!exiting) {
		if (!ring)
			sigsuspend(&(sigset_t){0});
		else if (ring_buffer__poll(ring, 100) < 0 && errno != EINTR)
			break;
		fflush(stdout);
	}
	bpf_link__destroy(link);
	if (ring)
		ring_buffer__consume(ring);
	lost = section(object, ".bss", &size);
	if (lost && *lost)
		printf("Lost %llu events\n", *lost);
	ring_buffer__free(ring);
	bpf_object__close(object);
	return 0;
}
