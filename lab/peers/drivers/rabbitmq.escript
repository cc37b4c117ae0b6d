#!/usr/bin/env escript
%%! -noinput
%% Reads streams with rabbit_stomp_frame of RabbitMQ's STOMP plugin. ../README.md
%% has the protocol of drivers. The plugin's ebin folder is the argument.
-mode(compile).

main([Ebin]) ->
    true = code:add_patha(Ebin),
    %% A port takes long lines faster than io:get_line/1 does.
    Port = open_port({fd, 0, 1}, [{line, 1 bsl 20}, binary, eof]),
    port_command(Port, "ready\n"),
    loop(Port).

loop(Port) ->
    receive
        {Port, eof} -> ok;
        {Port, {data, {eol, Line}}} ->
            [Id, _Version, Cut, Octets] = binary:split(Line, <<"\t">>, [global]),
            Input = base64:decode(Octets),
            Chunks = case {Cut, Input} of
                         {_, <<>>} -> [];
                         {<<"1">>, _} -> [<<B>> || <<B>> <= Input];
                         _ -> [Input]
                     end,
            {Frames, Error} = feed(Chunks, 0, rabbit_stomp_frame:initial_state(), []),
            port_command(Port, ["{\"id\":\"", Id, "\",\"frames\":[", lists:join(",", Frames),
                          "],\"error\":", Error, "}\n"]),
            loop(Port)
    end.

feed([], _At, _State, Frames) -> {lists:reverse(Frames), "null"};
feed([Chunk | Chunks], At, State, Frames) ->
    At1 = At + byte_size(Chunk),
    case step(Chunk, At1, State, Frames) of
        {more, State1, Frames1} -> feed(Chunks, At1, State1, Frames1);
        {error, Frames1} -> {lists:reverse(Frames1), "\"error\""}
    end.

%% What rabbit_stomp_reader does with what came.
step(Chunk, At, State, Frames) ->
    try rabbit_stomp_frame:parse(Chunk, State) of
        {more, State1} -> {more, State1, Frames};
        {ok, {stomp_frame, Command, Headers, Body}, Rest} ->
            step(Rest, At, rabbit_stomp_frame:initial_state(), [frame(At, Command, Headers, Body) | Frames]);
        {error, _} -> {error, Frames}
    catch
        _:_ -> {error, Frames}
    end.

frame(At, Command, Headers, Body) ->
    ["{\"at\":", integer_to_list(At), ",\"command\":", b64(Command), ",\"headers\":[",
     lists:join(",", [["[", b64(K), ",", b64(V), "]"] || {K, V} <- lists:reverse(Headers)]),
     "],\"body\":", b64(Body), "}"].

b64(X) -> ["\"", base64:encode(iolist_to_binary(X)), "\""].
