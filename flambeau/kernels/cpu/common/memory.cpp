// The memory of NumPy's arrays: blocks that were freed are handed out again.
//
// A training step allocates the same sizes as the step before. Given back to the system in between, each page would be
// cleared and mapped again at its first touch, which costs more than most kernels. So freed blocks wait in lists by size.
// What is in use and what waits are together never more than what was in use at once before (by the last two windows of
// allocations, so that one large array of long ago is forgotten) and some slack. NumPy's hook for this is NEP 49.
#include <pthread.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "common/kernel.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace flambeau {
namespace {

constexpr std::size_t LINE = 64;            // a cache line, and the widest vector
constexpr std::size_t SMALL = 1024;         // up to here sizes are multiples of a line; above, eighths of powers of two
constexpr std::size_t SLACK = 8 << 20;      // bytes that may wait besides
constexpr std::size_t HUGE_PAGE = 2 << 20;  // from here on blocks ask for huge pages
constexpr std::size_t WINDOW = 16 * 1024;   // allocations

struct SizeClass {
    std::size_t size;
    int index;
};

// The class of a size: its index among the lists, and the bytes that its blocks have.
SizeClass class_of(std::size_t bytes) {
    if (bytes <= SMALL) {
        const std::size_t lines = std::max<std::size_t>((bytes + LINE - 1) / LINE, 1);
        return {lines * LINE, static_cast<int>(lines)};
    }
    const int exponent = std::bit_width(bytes - 1) - 1;  // 2^exponent < bytes <= 2^(exponent + 1)
    const std::size_t step = std::size_t(1) << (exponent - 3);
    const std::size_t steps = (bytes + step - 1) / step;  // 9 to 16
    return {steps * step, static_cast<int>(SMALL / LINE) + (exponent - 10) * 8 + static_cast<int>(steps) - 8};
}

// In front of each block, on a line of its own, stands what it takes to free it: NumPy does not say the size when it
// resizes a block.
struct Header {
    std::size_t size;
    int index;
};
static_assert(sizeof(Header) <= LINE);

Header *header_of(void *block) {
    return reinterpret_cast<Header *>(static_cast<char *>(block) - LINE);
}

class Cache {
public:
    void *allocate(std::size_t bytes, bool zeros) {
        const SizeClass wanted = class_of(bytes);
        void *block = take(wanted);
        if (block) {
            if (zeros) std::memset(block, 0, bytes);
            return block;
        }
        return fresh(wanted, bytes, zeros);
    }

    void free(void *block) {
        const Header header = *header_of(block);
        std::lock_guard<std::mutex> locked(lock_);
        live_ -= header.size;
        waiting_ += header.size;
        list(header.index).push_back(block);
        trim(allowed());
    }

    // Gives back to the system what waits.
    std::size_t empty() {
        std::lock_guard<std::mutex> locked(lock_);
        const std::size_t before = waiting_;
        trim(0);
        return before;
    }

    void hold() { lock_.lock(); }
    void release() { lock_.unlock(); }

private:
    std::vector<void *> &list(int index) {
        if (lists_.size() <= static_cast<std::size_t>(index)) lists_.resize(index + 1);
        return lists_[index];
    }

    std::size_t allowed() const { return std::max(std::max(peak_, last_peak_) + SLACK, live_) - live_; }

    void *take(SizeClass wanted) {
        std::lock_guard<std::mutex> locked(lock_);
        if (++allocations_ % WINDOW == 0) {
            last_peak_ = peak_;
            peak_ = live_;
        }
        live_ += wanted.size;
        peak_ = std::max(peak_, live_);
        auto &blocks = list(wanted.index);
        if (blocks.empty()) {
            trim(allowed());
            return nullptr;
        }
        void *block = blocks.back();
        blocks.pop_back();
        waiting_ -= wanted.size;
        return block;
    }

    void *fresh(SizeClass wanted, std::size_t bytes, bool zeros) {
        const bool large = wanted.size >= HUGE_PAGE;
        void *place = nullptr;
        if (posix_memalign(&place, large ? HUGE_PAGE : LINE, wanted.size + LINE) != 0) {
            std::lock_guard<std::mutex> locked(lock_);
            live_ -= wanted.size;
            return nullptr;
        }
#if defined(__linux__) && defined(MADV_HUGEPAGE)
        if (large) madvise(place, wanted.size + LINE, MADV_HUGEPAGE);
#endif
        void *block = static_cast<char *>(place) + LINE;
        *header_of(block) = {wanted.size, wanted.index};
        if (zeros) std::memset(block, 0, bytes);
        return block;
    }

    // Frees blocks that wait, the largest first, until no more than so many bytes do.
    void trim(std::size_t allowed) {
        for (std::size_t index = lists_.size(); waiting_ > allowed && index-- > 0;) {
            auto &blocks = lists_[index];
            while (waiting_ > allowed && !blocks.empty()) {
                waiting_ -= header_of(blocks.back())->size;
                std::free(header_of(blocks.back()));
                blocks.pop_back();
            }
        }
    }

    std::mutex lock_;
    std::vector<std::vector<void *>> lists_;
    std::size_t live_ = 0, waiting_ = 0, peak_ = 0, last_peak_ = 0, allocations_ = 0;
};

// Never destroyed: arrays may outlive the module.
Cache &cache() {
    static Cache *made = [] {
        auto *cache = new Cache;
        pthread_atfork([] { flambeau::cache().hold(); }, [] { flambeau::cache().release(); },
                       [] { flambeau::cache().release(); });
        return cache;
    }();
    return *made;
}

void *resize(void *, void *block, std::size_t bytes) {
    if (!block) return cache().allocate(bytes, false);
    const std::size_t size = header_of(block)->size;
    if (bytes <= size && class_of(bytes).size == size) return block;
    void *other = cache().allocate(bytes, false);
    if (other) {
        std::memcpy(other, block, std::min(bytes, size));
        cache().free(block);
    }
    return other;
}

PyDataMem_Handler handler = {
    "flambeau",
    1,
    {nullptr, [](void *, std::size_t bytes) { return cache().allocate(bytes, false); },
     [](void *, std::size_t count, std::size_t size) { return cache().allocate(count * size, true); }, resize,
     [](void *, void *block, std::size_t) {
         if (block) cache().free(block);
     }}};

}  // namespace

FAMILY(memory) {
    module.def(
        "use_cache",
        [] {
            nb::object capsule = nb::steal(PyCapsule_New(&handler, "mem_handler", nullptr));
            nb::object before = nb::steal(PyDataMem_SetHandler(capsule.ptr()));
            if (!before.is_valid()) throw nb::python_error();
        },
        "Have NumPy take the memory of arrays from the cache, from now on, in this thread's context.");
    module.def(
        "empty_cache", [] { return cache().empty(); },
        "Give memory that is kept for later arrays back to the system; return how many bytes.");
}

}  // namespace flambeau
