-- Posts one visit after another, each under an id of its own: BENCH_SERIES counts the runs, BENCH_HOUSEHOLDS names a file
-- of lines `household cadre`, BENCH_DIARIES one of bodies' ends, from the diary on.
local households, ends = {}, {}
local count, series = 0, 0

local function lines(name)
    local found = {}
    for line in io.lines(os.getenv(name)) do found[#found + 1] = line end
    return found
end

function init(arguments)
    series = tonumber(os.getenv("BENCH_SERIES"))
    for _, line in ipairs(lines("BENCH_HOUSEHOLDS")) do
        local household, cadre = line:match("(%S+) (%S+)")
        households[#households + 1] = '{"householdId":"' .. household .. '","cadreId":"' .. cadre .. '",'
    end
    ends = lines("BENCH_DIARIES")
    wrk.headers["Content-Type"] = "application/json"
end

function request()
    count = count + 1
    local id = string.format("0197%04x-%04x-7000-8000-%012x", series, count % 65536, count)
    local household = households[(count * 7919) % #households + 1]
    local body = household .. '"occurredAt":"' .. os.date("!%Y-%m-%dT%H:%M:%SZ") .. '",' .. ends[count % #ends + 1]
    return wrk.format("PUT", "/v1/visits/" .. id, nil, body)
end
