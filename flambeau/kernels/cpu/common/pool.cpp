#include "common/pool.hpp"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace flambeau {
namespace {

inline void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// About 20 microseconds: longer than from one kernel of a training step to the next, shorter than anybody notices.
constexpr int LOOKS = 1500;

// One piece of shared work. `ticket` holds its number above the next chunk to claim, so that a worker which wakes up late
// cannot claim a chunk of other work than it looked at. Atomic throughout: a late worker may read while the next is written.
struct Job {
    std::atomic<void (*)(void *, Index)> run{nullptr};
    std::atomic<void *> context{nullptr};
    std::atomic<std::uint32_t> chunks{0};
    std::atomic<std::uint64_t> ticket{0};
    std::atomic<std::uint32_t> done{0};
};

class Pool {
public:
    int count() const { return count_.load(std::memory_order_relaxed); }

    void set_count(int count) { count_.store(std::max(count, 1), std::memory_order_relaxed); }

    void run(Index chunks, void (*run)(void *, Index), void *context) {
        if (chunks <= 1 || count() == 1 || working || !owner_.try_lock()) {
            for (Index chunk = 0; chunk < chunks; ++chunk) run(context, chunk);
            return;
        }
        std::lock_guard<std::mutex> owned(owner_, std::adopt_lock);
        start_workers();
        const std::uint32_t number = post(static_cast<std::uint32_t>(chunks), run, context);
        working = true;
        claim(number);
        working = false;
        wait(static_cast<std::uint32_t>(chunks));
    }

    // The child of a fork has one thread, the one that forked. What it inherits of the others is forgotten.
    void forget_workers() {
        new (&owner_) std::mutex;
        started_ = 0;
        sleeping_.store(0);
        wanted_.store(0);
        working = false;
    }

    void hold() { owner_.lock(); }
    void release() { owner_.unlock(); }

private:
    std::uint32_t post(std::uint32_t chunks, void (*run)(void *, Index), void *context) {
        const std::uint32_t number = number_.load(std::memory_order_relaxed) + 1;
        job_.ticket.store(std::uint64_t(number - 1) << 32 | 0xffffffffu);  // nothing to claim while this is written
        job_.run.store(run);
        job_.context.store(context);
        job_.chunks.store(chunks);
        job_.done.store(0);
        job_.ticket.store(std::uint64_t(number) << 32);
        wanted_.store(std::min<int>(count() - 1, static_cast<int>(chunks) - 1));
        number_.store(number);
        if (sleeping_.load()) number_.notify_all();
        return number;
    }

    void claim(std::uint32_t number) {
        for (;;) {
            std::uint64_t ticket = job_.ticket.load();
            if (ticket >> 32 != number) return;
            const auto chunk = static_cast<std::uint32_t>(ticket);
            auto *run = job_.run.load();
            void *context = job_.context.load();
            if (chunk >= job_.chunks.load()) return;
            if (!job_.ticket.compare_exchange_weak(ticket, ticket + 1)) continue;
            run(context, chunk);
            job_.done.fetch_add(1);
        }
    }

    void wait(std::uint32_t chunks) {
        for (int looks = 0; job_.done.load() < chunks; ++looks) {
            if (looks < LOOKS)
                pause();
            else
                sched_yield();
        }
    }

    void start_workers() {
        for (; started_ < count() - 1; ++started_) std::thread(&Pool::work, this, started_).detach();
    }

    void work(int index) {
        working = true;
        std::uint32_t seen = 0;
        for (;;) {
            std::uint32_t number = number_.load();
            for (int looks = 0; number == seen && looks < LOOKS; ++looks) {
                pause();
                number = number_.load();
            }
            if (number == seen) {
                sleeping_.fetch_add(1);
                number_.wait(seen);
                sleeping_.fetch_sub(1);
                continue;
            }
            seen = number;
            if (index < wanted_.load()) claim(number);
        }
    }

    static thread_local bool working;  // whether this thread is doing a chunk: what is shared out within is done in place

    std::atomic<int> count_{1};
    std::mutex owner_;
    Job job_;
    std::atomic<std::uint32_t> number_{0};
    std::atomic<int> sleeping_{0};
    std::atomic<int> wanted_{0};
    int started_ = 0;
};

thread_local bool Pool::working = false;

// Never destroyed: workers may still look at it while the program ends.
Pool &pool() {
    static Pool *made = [] {
        auto *pool = new Pool;
        pthread_atfork([] { flambeau::pool().hold(); }, [] { flambeau::pool().release(); },
                       [] { flambeau::pool().forget_workers(); });
        return pool;
    }();
    return *made;
}

struct Buffers {
    struct Buffer {
        void *memory = nullptr;
        std::size_t size = 0;
    };
    std::vector<Buffer> slots;

    ~Buffers() {
        for (auto &buffer : slots) std::free(buffer.memory);
    }
};

}  // namespace

int thread_count() {
    return pool().count();
}

void set_thread_count(int count) {
    pool().set_count(count);
}

void run_chunks(Index chunks, void (*run)(void *, Index), void *context) {
    pool().run(chunks, run, context);
}

void *scratch_bytes(std::size_t bytes, int slot) {
    static thread_local Buffers buffers;
    if (buffers.slots.size() <= static_cast<std::size_t>(slot)) buffers.slots.resize(slot + 1);
    auto &buffer = buffers.slots[slot];
    if (buffer.size < bytes) {
        constexpr std::size_t page = 4096;
        const std::size_t size = (bytes + bytes / 4 + page - 1) / page * page;
        std::free(buffer.memory);
        buffer.memory = std::aligned_alloc(page, size);
        buffer.size = buffer.memory ? size : 0;
        if (!buffer.memory) throw std::bad_alloc();
    }
    return buffer.memory;
}

}  // namespace flambeau
