-- Asks for one household after another, in the random order of the file that BENCH_IDS names.
local requests = {}
local index = 0

function init(arguments)
    for id in io.lines(os.getenv("BENCH_IDS")) do
        requests[#requests + 1] = wrk.format("GET", wrk.path .. id)
    end
end

function request()
    index = index % #requests + 1
    return requests[index]
end
