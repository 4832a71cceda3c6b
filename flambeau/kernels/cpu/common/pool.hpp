// One pool of threads for all kernels.
//
// Work is cut into chunks that threads claim one after the other. The caller claims chunks too, and at the end waits only
// for chunks that others have begun: a worker that the system keeps from running costs nothing. Workers look for new work
// for a few microseconds and then sleep, so that they take nothing from other processes. A pool beside another one on the
// same cores makes both many times slower, so everything, matrix products included, goes through this one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace flambeau {

using Index = std::int64_t;

// How many threads work takes, the caller's included.
int thread_count();

// Sets it. Threads are started when they are first needed.
void set_thread_count(int count);

// Calls run(context, chunk) for each chunk from 0 to `chunks`, on any thread, in any order; returns when all are done.
// Inside of work, and while another thread is at it, the caller does it all alone.
void run_chunks(Index chunks, void (*run)(void *, Index), void *context);

// Calls body(begin, end) for parts of 0 to `count`. `grain`: the least that is worth handing to another thread.
template <class Body>
void parallel_for(Index count, Index grain, Body &&body) {
    const Index threads = thread_count();
    const Index chunks = std::min(threads * 4, count / std::max<Index>(grain, 1));
    if (threads == 1 || chunks <= 1) {
        if (count > 0) body(Index(0), count);
        return;
    }
    struct Context {
        std::remove_reference_t<Body> *body;
        Index count, chunks;
    } context{&body, count, chunks};
    run_chunks(
        chunks,
        [](void *what, Index chunk) {
            auto &[body, count, chunks] = *static_cast<Context *>(what);
            (*body)(count *chunk / chunks, count * (chunk + 1) / chunks);
        },
        &context);
}

// Calls body(task) for each task from 0 to `count`, each of them large enough for a thread.
template <class Body>
void parallel_tasks(Index count, Body &&body) {
    run_chunks(
        count, [](void *what, Index chunk) { (*static_cast<std::remove_reference_t<Body> *>(what))(chunk); },
        const_cast<void *>(static_cast<const void *>(&body)));
}

// What elementwise work on so many numbers must be to be shared: less is done sooner than another thread wakes up.
constexpr Index GRAIN = 16 * 1024;

// Memory of this thread's own for the time of a call, on a cache line, kept for the next one. `slot` tells apart what one
// kernel needs at once. Nothing is cleared. Only for work that calls no other kernel while it holds the memory.
template <class T>
T *scratch(Index count, int slot = 0);
void *scratch_bytes(std::size_t bytes, int slot);

template <class T>
T *scratch(Index count, int slot) {
    return static_cast<T *>(scratch_bytes(static_cast<std::size_t>(count) * sizeof(T), slot));
}

}  // namespace flambeau
