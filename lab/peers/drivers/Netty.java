// Reads streams with Netty's StompSubframeDecoder and StompSubframeAggregator.
// ../README.md has the protocol of drivers. A subframe whose result is a failure
// is an error, whatever the aggregator makes of it.

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.stomp.StompFrame;
import io.netty.handler.codec.stomp.StompSubframe;
import io.netty.handler.codec.stomp.StompSubframeAggregator;
import io.netty.handler.codec.stomp.StompSubframeDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

public class Netty {
    static String b64(byte[] octets) {
        return '"' + Base64.getEncoder().encodeToString(octets) + '"';
    }

    static String b64(CharSequence s) {
        return b64(s.toString().getBytes(StandardCharsets.UTF_8));
    }

    static class Failures extends ChannelInboundHandlerAdapter {
        boolean any;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object o) {
            any = any || ((StompSubframe) o).decoderResult().isFailure();
            if (any) {
                ReferenceCountUtil.release(o);
            } else {
                ctx.fireChannelRead(o);
            }
        }
    }

    static String read(boolean cut, byte[] input) {
        List<String> frames = new ArrayList<>();
        Failures failures = new Failures();
        EmbeddedChannel channel = new EmbeddedChannel(
                new StompSubframeDecoder(), failures, new StompSubframeAggregator(16 << 20));
        try {
            int step = cut ? 1 : Math.max(input.length, 1);
            for (int at = 0; at < input.length && !failures.any; at += step) {
                channel.writeInbound(Unpooled.copiedBuffer(input, at, step));
                for (StompFrame f; (f = channel.readInbound()) != null; f.release()) {
                    List<String> headers = new ArrayList<>();
                    for (Map.Entry<CharSequence, CharSequence> e : f.headers()) {
                        headers.add("[" + b64(e.getKey()) + "," + b64(e.getValue()) + "]");
                    }
                    frames.add("{\"at\":" + (at + step) + ",\"command\":" + b64(f.command().toString())
                            + ",\"headers\":[" + String.join(",", headers) + "],\"body\":"
                            + b64(ByteBufUtil.getBytes(f.content())) + "}");
                }
            }
        } catch (Exception e) {
            failures.any = true;
        }
        try {
            channel.finishAndReleaseAll();
        } catch (Exception e) {
            // What the end of the input makes of a frame that it cut is not compared.
        }
        return "\"frames\":[" + String.join(",", frames) + "],\"error\":" + (failures.any ? "\"error\"" : "null");
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line; (line = in.readLine()) != null; ) {
            String[] parts = line.split("\t", -1);
            System.out.println("{\"id\":\"" + parts[0] + "\"," + read(parts[2].equals("1"), Base64.getDecoder().decode(parts[3])) + "}");
        }
    }
}
