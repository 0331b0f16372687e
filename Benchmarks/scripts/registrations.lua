-- Registers one household after another: a small durable write. Numbers are unique in a run and between runs.
local head, tail
local count = 0

function init(arguments)
    local series = os.getenv("BENCH_SERIES")
    head = '{"villageCode":"' .. os.getenv("BENCH_VILLAGE") .. '","archiveNumber":"' .. series
    tail = '","attribute":"general","mainCause":"illness","labour":"present",'
        .. '"members":[{"name":"测试甲","relation":"householder","sex":"male","birthDate":"1960-01-02"}]}'
    wrk.headers["Content-Type"] = "application/json"
end

function request()
    count = count + 1
    return wrk.format("POST", nil, nil, head .. count .. tail)
end
