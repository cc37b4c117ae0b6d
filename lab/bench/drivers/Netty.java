// Netty: StompSubframeDecoder and StompSubframeAggregator. README.md says how it
// is called.

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.stomp.StompFrame;
import io.netty.handler.codec.stomp.StompSubframeAggregator;
import io.netty.handler.codec.stomp.StompSubframeDecoder;
import io.netty.util.Version;
import java.nio.file.Files;
import java.nio.file.Paths;

public class Netty {
    static long read(byte[] stream) {
        EmbeddedChannel channel = new EmbeddedChannel(new StompSubframeDecoder(), new StompSubframeAggregator(16 << 20));
        long frames = 0;
        for (int at = 0; at < stream.length; at += 65536) {
            ByteBuf chunk = Unpooled.wrappedBuffer(stream, at, Math.min(65536, stream.length - at));
            channel.writeInbound(chunk);
            StompFrame f;
            while ((f = channel.readInbound()) != null) {
                if (f.decoderResult().isFailure()) {
                    throw new IllegalStateException(f.decoderResult().cause());
                }
                f.release();
                frames++;
            }
        }
        channel.finishAndReleaseAll();
        return frames;
    }

    static long[] repeat(byte[] stream, long frames, double seconds) {
        long begun = System.nanoTime(), passes = 0, spent;
        do {
            long n = read(stream);
            if (n != frames) {
                throw new IllegalStateException(n + " frames, want " + frames);
            }
            passes++;
            spent = System.nanoTime() - begun;
        } while (spent < seconds * 1e9);
        return new long[] {passes * frames, spent};
    }

    public static void main(String[] args) throws Exception {
        byte[] stream = Files.readAllBytes(Paths.get(args[0]));
        long frames = Long.parseLong(args[1]);
        double seconds = Double.parseDouble(args[2]);
        // The compiler needs longer than others to get going.
        repeat(stream, frames, Math.max(3, seconds));
        long[] r = repeat(stream, frames, seconds);
        Version v = Version.identify().get("netty-codec-stomp");
        String version = v == null ? "" : " " + v.artifactVersion();
        System.out.println("{\"peer\":\"Netty" + version + "\",\"frames\":" + r[0] + ",\"ns\":" + r[1] + "}");
    }
}
