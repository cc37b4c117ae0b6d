// Reads streams with ActiveMQ's StompCodec, which its NIO connectors use
// (argument "codec"), or its StompWireFormat, which the others use ("wire").
// ../README.md has the protocol of drivers.

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.activemq.transport.stomp.StompCodec;
import org.apache.activemq.transport.stomp.StompFrame;
import org.apache.activemq.transport.stomp.StompFrameError;
import org.apache.activemq.transport.stomp.StompWireFormat;
import org.apache.activemq.transport.tcp.TcpTransport;

public class ActiveMQ {
    static String b64(byte[] octets) {
        return '"' + Base64.getEncoder().encodeToString(octets) + '"';
    }

    static String b64(String s) {
        return b64(s.getBytes(StandardCharsets.UTF_8));
    }

    static class Answer {
        final List<String> frames = new ArrayList<>();
        String error = "null";
        int at;

        boolean take(Object o) {
            if (!error.equals("null")) {
                return false;
            }
            if (o instanceof StompFrameError) {
                error = "\"error\"";
                return false;
            }
            StompFrame f = (StompFrame) o;
            List<String> headers = new ArrayList<>();
            for (Map.Entry<String, String> e : f.getHeaders().entrySet()) {
                headers.add("[" + b64(e.getKey()) + "," + b64(e.getValue()) + "]");
            }
            frames.add("{\"at\":" + at + ",\"command\":" + b64(f.getAction()) + ",\"headers\":["
                    + String.join(",", headers) + "],\"body\":" + b64(f.getContent()) + "}");
            return true;
        }

        String json() {
            return "\"frames\":[" + String.join(",", frames) + "],\"error\":" + error;
        }
    }

    static class Transport extends TcpTransport {
        final Answer answer;

        Transport(StompWireFormat format, Answer answer) throws Exception {
            super(format, new Socket());
            this.answer = answer;
        }

        @Override
        public void doConsume(Object o) {
            answer.take(o);
        }
    }

    static StompWireFormat format(String version) {
        StompWireFormat f = new StompWireFormat();
        if (!version.equals("handshake")) {
            f.setStompVersion(version);
        }
        return f;
    }

    static String codec(String version, boolean cut, byte[] input) throws Exception {
        Answer answer = new Answer();
        StompCodec codec = new StompCodec(new Transport(format(version), answer));
        try {
            int step = cut ? 1 : Math.max(input.length, 1);
            for (int i = 0; i < input.length && answer.error.equals("null"); i += step) {
                answer.at = i + step;
                codec.parse(new ByteArrayInputStream(input, i, step), step);
            }
        } catch (Exception e) {
            answer.error = "\"error\"";
        }
        return answer.json();
    }

    // It asks for octets itself, so that chunks make no difference.
    static String wire(String version, byte[] input) {
        Answer answer = new Answer();
        StompWireFormat format = format(version);
        ByteArrayInputStream octets = new ByteArrayInputStream(input);
        DataInputStream in = new DataInputStream(octets);
        try {
            for (Object o; octets.available() > 0; ) {
                o = format.unmarshal(in);
                answer.at = input.length - octets.available();
                if (!answer.take(o)) {
                    break;
                }
            }
        } catch (EOFException e) {
            // The frame is not complete.
        } catch (Exception e) {
            answer.error = "\"error\"";
        }
        return answer.json();
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line; (line = in.readLine()) != null; ) {
            String[] parts = line.split("\t", -1);
            byte[] input = Base64.getDecoder().decode(parts[3]);
            String answer = args[0].equals("wire") ? wire(parts[1], input) : codec(parts[1], parts[2].equals("1"), input);
            System.out.println("{\"id\":\"" + parts[0] + "\"," + answer + "}");
        }
    }
}
