import type { ErrorCode } from "$generated/ErrorCode";
import type { HopState } from "$generated/HopState";
import type { TestCause } from "$generated/TestCause";
import type { TestPlace } from "$generated/TestPlace";
import { texts } from "$lib/language.svelte";

interface AddressTestText {
  title: string;
  hint: string;
  message: string;
  seconds: string;
  wrongTime: string;
  send: string;
  sending: string;
  waiting: string;
  passed: string;
  status: (status: number) => string;
  ms: (count: number) => string;
  places: Record<TestPlace, string>;
  states: Record<HopState, string>;
  causes: Record<TestCause, { what: string; mend: string }>;
  refused: Partial<Record<ErrorCode, string>>;
}

/** A test of the address that a PBX posts to. */
export const addressTestText = texts<AddressTestText>({
  ru: {
    title: "Тестовое уведомление",
    hint: "Шлюз подпишет сообщение ключом этого подключения, отправит его на свой публичный адрес и дождётся его у себя. Карточек и звонков от этого не будет.",
    message: "Сообщение",
    seconds: "Ждать, с",
    wrongTime: "Укажите целое число секунд от 1 до 30.",
    send: "Отправить",
    sending: "Отправляем…",
    waiting: "Ждём сообщение…",
    passed: "Сообщение прошло весь путь: так же дойдут и сообщения АТС.",
    status: (status) => `код ${status}`,
    ms: (count) => `${count} мс`,
    places: {
      name: "Имя в DNS",
      connection: "Соединение",
      tls: "Сертификат",
      answer: "Ответ адреса",
      arrival: "Приём шлюзом",
      signature: "Подпись",
      kept: "Запись в базу",
    },
    states: { passed: "в порядке", stopped: "сбой", notReached: "не проверялось" },
    causes: {
      nameUnknown: {
        what: "За именем публичного адреса нет ни одного IP-адреса.",
        mend: "Проверьте имя в public_url и запись DNS для него.",
      },
      noNameServer: {
        what: "Сервер имён не отвечает, поэтому об адресе ничего не известно.",
        mend: "Проверьте сеть и DNS на сервере шлюза и повторите.",
      },
      portClosed: {
        what: "Порт публичного адреса закрыт: там никто не принимает соединений.",
        mend: "Проверьте порт в public_url и работает ли там прокси или шлюз; на роутере порт должен вести на сервер.",
      },
      noConnection: {
        what: "Публичный адрес не отвечает: соединения отбрасываются по дороге.",
        mend: "Проверьте файрвол и проброс порта на роутере. Некоторые роутеры не пускают изнутри на свой внешний адрес: тогда проверьте из другой сети.",
      },
      otherCertificate: {
        what: "Сервер показывает сертификат на другое имя.",
        mend: "Имя в public_url или его DNS ведёт на чужой сервер, или прокси отдаёт не тот сертификат. Нужен сертификат на имя из public_url.",
      },
      certificateNotNow: {
        what: "Сертификат просрочен или ещё не начал действовать.",
        mend: "Обновите сертификат. Если он свежий, неверно идут часы сервера шлюза: включите NTP.",
      },
      certificateUntrusted: {
        what: "Сертификат сервера не доверенный: неизвестно, кто его выдал.",
        mend: "Отдавайте всю цепочку сертификатов. Если центр сертификации свой, укажите его в ca в gateway.toml и загрузите в кабинет АТС.",
      },
      noTls: {
        what: "На этом порту нет защищённого соединения.",
        mend: "Проверьте порт в public_url и настройку TLS у прокси или у шлюза.",
      },
      noAnswer: {
        what: "За отведённое время никто не ответил.",
        mend: "Посмотрите, доходит ли прокси до шлюза, и попробуйте подождать дольше.",
      },
      broken: {
        what: "Соединение оборвалось раньше ответа.",
        mend: "Посмотрите журнал прокси перед шлюзом: он закрывает соединение.",
      },
      pathUnknown: {
        what: "По адресу отвечают, но такого пути там нет.",
        mend: "Прокси меняет путь или отвечает другой шлюз. Прокси должен передавать путь целиком, вместе с /hook/, ничего от него не отрезая.",
      },
      redirected: {
        what: "Адрес перенаправляет на другой, а АТС за перенаправлением не пойдёт.",
        mend: "Впишите в public_url конечный адрес, обычно с https://.",
      },
      notPassedOn: {
        what: "Прокси отвечает, но до шлюза не доходит.",
        mend: "Проверьте в прокси адрес шлюза (listen) и что шлюз запущен.",
      },
      blocked: {
        what: "Перед шлюзом стоит защита, которая не пускает.",
        mend: "Разрешите в прокси или файрволе POST на /hook/ без входа и проверок.",
      },
      otherAnswer: {
        what: "Адрес ответил отказом.",
        mend: "Посмотрите журнал прокси перед шлюзом: АТС, получив такой код, отправит сообщение ещё раз или потеряет.",
      },
      otherServer: {
        what: "По адресу ответили успехом, но сообщение к нам не пришло: там чужой сервер.",
        mend: "Проверьте, куда ведут имя из public_url и правила прокси. До этого звонки от АТС тоже уходят не сюда.",
      },
      signatureLost: {
        what: "Сообщение пришло без подписи: её убрали по дороге.",
        mend: "Прокси должен передавать все заголовки запроса без изменений.",
      },
      signatureWrong: {
        what: "Сообщение пришло изменённым: подпись к нему не подходит.",
        mend: "Прокси должен передавать тело и заголовки запроса байт в байт, без перекодирования.",
      },
      notKept: {
        what: "Сообщение пришло, но база его не приняла.",
        mend: "Проверьте, есть ли на диске место и может ли шлюз писать в свою папку.",
      },
    },
    refused: {
      changed: "Проверка этого подключения уже идёт. Дождитесь её конца.",
      noAddress: "Шлюз не знает своего публичного адреса. Укажите public_url в gateway.toml и перезапустите шлюз.",
      notFound: "Этого подключения больше нет, или оно приостановлено.",
      unreachable: "Нет связи с офисом, поэтому проверить нечем.",
    },
  },
  en: {
    title: "Test notification",
    hint: "The gateway signs a message with the key of this connection, sends it to its own public address and waits until it comes in. No card and no call comes of it.",
    message: "Message",
    seconds: "Wait, s",
    wrongTime: "Give a whole number of seconds from 1 to 30.",
    send: "Send",
    sending: "Sending…",
    waiting: "Waiting for the message…",
    passed: "The message came all the way: so will those of the PBX.",
    status: (status) => `status ${status}`,
    ms: (count) => `${count} ms`,
    places: {
      name: "Name in DNS",
      connection: "Connection",
      tls: "Certificate",
      answer: "Answer of the address",
      arrival: "Arrival at the gateway",
      signature: "Signature",
      kept: "Storing",
    },
    states: { passed: "OK", stopped: "failed", notReached: "not checked" },
    causes: {
      nameUnknown: {
        what: "There is no IP address behind the name of the public address.",
        mend: "Check the name in public_url and its DNS record.",
      },
      noNameServer: {
        what: "No name server answers, so nothing is known of the address.",
        mend: "Check network and DNS on the gateway’s server and try again.",
      },
      portClosed: {
        what: "The port of the public address is closed: nobody takes connections there.",
        mend: "Check the port in public_url, and that a proxy or the gateway runs there; the router must forward it to the server.",
      },
      noConnection: {
        what: "The public address does not respond: connections are dropped on the way.",
        mend: "Check the firewall and the port that the router forwards. Some routers do not let you reach your own public address from inside: then test from another network.",
      },
      otherCertificate: {
        what: "The server shows a certificate for another name.",
        mend: "The name in public_url or its DNS leads to somebody else’s server, or the proxy shows the wrong certificate. It must be for the name in public_url.",
      },
      certificateNotNow: {
        what: "The certificate has expired, or is not valid yet.",
        mend: "Renew the certificate. If it is fresh, the clock of the gateway’s server is wrong: switch NTP on.",
      },
      certificateUntrusted: {
        what: "The server’s certificate is not trusted: its issuer is unknown.",
        mend: "Serve the whole certificate chain. If the authority is your own, name it as ca in gateway.toml and upload it in the PBX’s account.",
      },
      noTls: {
        what: "There is no encryption on this port.",
        mend: "Check the port in public_url and TLS in the proxy or the gateway.",
      },
      noAnswer: {
        what: "Nobody answered in the given time.",
        mend: "See whether the proxy reaches the gateway, and try to wait longer.",
      },
      broken: {
        what: "The connection broke before an answer.",
        mend: "Look into the log of the proxy in front of the gateway: it closes the connection.",
      },
      pathUnknown: {
        what: "Somebody answers at the address, but knows no such path.",
        mend: "The proxy changes the path, or another gateway answers. The proxy must pass the whole path on, with /hook/, and cut nothing off.",
      },
      redirected: {
        what: "The address leads on to another one, and a PBX does not follow.",
        mend: "Put the final address into public_url, usually with https://.",
      },
      notPassedOn: {
        what: "The proxy answers, but does not reach the gateway.",
        mend: "Check the gateway’s address (listen) in the proxy, and that the gateway runs.",
      },
      blocked: {
        what: "Something in front of the gateway lets nobody through.",
        mend: "Let the proxy or firewall pass POST to /hook/ without a login or checks.",
      },
      otherAnswer: {
        what: "The address answered with a refusal.",
        mend: "Look into the log of the proxy in front of the gateway: with such a status a PBX sends the message again, or loses it.",
      },
      otherServer: {
        what: "The address answered with success, but the message did not come in: it is somebody else’s server.",
        mend: "See where the name in public_url and the rules of the proxy lead. Until then the PBX’s calls do not come here either.",
      },
      signatureLost: {
        what: "The message came without its signature: something on the way took it away.",
        mend: "The proxy must pass all headers of the request on unchanged.",
      },
      signatureWrong: {
        what: "The message was changed on the way: the signature does not fit it.",
        mend: "The proxy must pass body and headers on byte for byte.",
      },
      notKept: {
        what: "The message came, but the database did not take it.",
        mend: "See that the disk has room, and that the gateway may write to its folder.",
      },
    },
    refused: {
      changed: "A test of this connection is under way. Wait until it has ended.",
      noAddress: "The gateway does not know its public address. Set public_url in gateway.toml and restart it.",
      notFound: "This connection is no longer here, or is paused.",
      unreachable: "The office cannot be reached, so nothing can be tested.",
    },
  },
});
